//! What is said to owners and to the office: findings in a return and obstacles before sign-off, in both languages.

use std::fmt::Display;

use jiff::civil::Date;

use super::claims::Doubt;
use crate::plan::{Period, Words};
use crate::site::words::{self as site, Lang};

/// One function for each text: English, then te reo Māori.
macro_rules! texts {
    ($($name:ident($($arg:ident),*): $en:literal, $mi:literal;)+) => {
        $(pub(super) fn $name($($arg: impl Display),*) -> Words {
            Words { en: format!($en), mi: Some(format!($mi)) }
        })+
    };
}

texts! {
    no_edition(id): "There is no edition `{id}`", "Kāore he putanga `{id}`";
    choose_edition(): "Choose an edition of the plan", "Tīpakohia tētahi putanga o te mahere";
    other_edition(): "The return is for another edition", "Mō tētahi atu putanga tēnei pūrongo";
    frozen(id): "Edition `{id}` is frozen: it stays as it is", "Kua whakamutua te putanga `{id}`: e kore e panonitia";
    begin_next(): "Begin the next edition, and report in that", "Tīmataria te putanga hou, ka pūrongo ai ki tērā";
    bad_id(): "The return has no id that can stand in a file", "Kāore i te tika te waitohu o te pūrongo";
    slug(max): "At most {max} small letters, digits, `.`, `_` or `-`, beginning with a letter or digit", "Kia {max} te nui rawa o ngā pū ririki, ngā mati, `.`, `_`, `-` rānei; ko te tuatahi he pū, he mati rānei";
    not_owner(by): "{by} does not answer for this", "Ehara mā {by} tēnei e pūrongo";
    owners_are(owners): "It is for {owners}. If that has changed, tell the office that keeps the plan", "Mā {owners} tēnei. Mehemea kua rerekē, whakamōhiotia te tari o te mahere";
    nobody_files(): "Choose something that you answer for", "Tīpakohia tētahi mahi māu";
    no_initiative(id): "The edition has no initiative `{id}`", "Kāore he hinonga `{id}` i te putanga";
    no_measure(id): "The edition has no measure `{id}`", "Kāore he ine `{id}` i te putanga";
    no_subject(id): "The edition has nothing called `{id}`", "Kāore he mea ko `{id}` te ingoa i te putanga";
    choose_other(): "Choose one that the edition has", "Tīpakohia tētahi kei roto i te putanga";
    no_milestone(id): "The initiative has no milestone `{id}`", "Kāore he pou tohu `{id}` i te hinonga";
    no_action(id): "The initiative has no action `{id}`", "Kāore he mahi `{id}` i te hinonga";
    choose_step(): "Choose one of the initiative, or leave it empty", "Tīpakohia tētahi o te hinonga, waiho rānei kia noho wātea";
    two_steps(): "It is about a milestone and about an action", "Mō te pou tohu me te mahi tēnei";
    one_step(): "Report on each by itself", "Pūrongotia ia mea, ia mea";
    empty(): "Nothing is written here", "Kāore he kupu i konei";
    write_it(): "Write it", "Tuhia";
    too_long(count, max): "This has {count} characters, and {max} are the most", "E {count} ngā pū o tēnei, ko te {max} te nui rawa";
    shorten(): "Shorten it, or put the rest into a source", "Whakapotoa, whakaurua rānei te toenga ki tētahi puna";
    unseen(): "It has characters that cannot be seen", "He pū kāore e kitea ana kei roto";
    plain_text(): "Write plain text", "Tuhia he kupu noa";
    computed(): "It begins with a sign that spreadsheets compute with", "Ka tīmata ki tētahi tohu ka tātaihia e ngā ripanga rorohiko";
    begin_word(): "Begin with a letter or digit", "Tīmataria ki te pū, ki te mati rānei";
    future(day): "{day} has not come yet", "Kāore anō kia tae mai te {day}";
    past_day(): "Write a day that has passed, or today", "Tuhia he rā kua hipa, ko te rā nei rānei";
    bad_period(text): "`{text}` is no period", "Ehara te `{text}` i te wā";
    write_period(): "Write 2026, 2026Q2, 2026-03, 2026-12-31, 2025/26 or 2024-26", "Tuhia te 2026, 2026Q2, 2026-03, 2026-12-31, 2025/26, 2024-26 rānei";
    other_frequency(text): "`{text}` is not how often this is measured", "Kāore te `{text}` e hāngai ki te auau o tēnei ine";
    like(text): "Write a period such as {text}", "Tuhia he wā pērā i te {text}";
    running(day): "The period runs until {day}", "Kei te haere tonu te wā, ā {day} rā anō";
    wait_or_plan(): "Report it when it has ended, or flag the value as planned", "Pūrongotia ina mutu, tohua rānei te uara hei mahere (planned)";
    no_value(): "There is neither a value nor a reason why there is none", "Kāore he uara, kāore hoki he take mō te kore";
    value_or_reason(): "Write a value, or choose why there is none", "Tuhia he uara, tīpakohia rānei te take o te kore";
    both(): "There is a value and a reason why there is none", "He uara me te take o te kore kei konei";
    take_one_out(): "Take one of them out", "Tangohia tētahi";
    bad_number(text): "`{text}` is no number", "Ehara te `{text}` i te tau";
    write_number(): "Write digits with at most one point, such as 1234.5, without separators or signs", "Tuhia ngā mati me te ira kotahi, pērā i te 1234.5, kaua he tohu wehe";
    above(limit): "The value is above {limit}, which it cannot pass", "Kei runga ake te uara i te {limit}, te tepe";
    below(limit): "The value is below {limit}, which it cannot pass", "Kei raro iho te uara i te {limit}, te tepe";
    unit_is(unit): "Check the number; the unit is {unit}", "Tirohia anō te tau; ko te waeine ko te {unit}";
    no_count(): "A count is a whole number, and not below 0", "He tau tōpū te tatau, kaua e iti iho i te 0";
    write_whole(): "Write a whole number", "Tuhia he tau tōpū";
    not_rounded(): "This counts people or firms, and was not rounded: it could tell of single ones", "He tatau tangata, pakihi rānei tēnei, kāore i whakaawhiwhia: ka kitea pea te tangata kotahi";
    round_it(): "Round every count to a multiple of 3 where the records are kept, then file it", "Whakaawhiwhia ia tatau kia taurea o te 3 i te wāhi o ngā pūkete, kātahi ka tuku mai";
    interval(): "The value does not lie between the lower and the upper end", "Kāore te uara i waenga i te pito o raro me te pito o runga";
    correct_interval(): "Correct the value or the ends", "Whakatikahia te uara, ngā pito rānei";
    unknown_flag(text): "`{text}` is no flag", "Ehara te `{text}` i te haki";
    flags_are(list): "Write some of: {list}", "Tuhia ētahi o ēnei: {list}";
    unknown_column(name): "The series is not broken down by `{name}`", "Kāore te raupapa e wehea ki te `{name}`";
    leave_column(): "Leave it out, or ask the office to add the column", "Waiho, tonoa rānei te tari kia tāpirihia te tīwae";
    unknown_group(text): "`{text}` is not one of the groups", "Ehara te `{text}` i tētahi o ngā rōpū";
    groups_are(list): "Write one of: {list}", "Tuhia tētahi o ēnei: {list}";
    restated(value): "The plan has {value} for this period, and this is another value", "Ko {value} kei te mahere mō tēnei wā, he uara kē tēnei";
    say_why(): "Tick that it takes the place of the other, and say why in the remark", "Tohua ka whakakapi i tērā, ka whakamārama ai i te take i te kōrero";
    same_value(): "The plan has this value for this period already", "Kei te mahere kē tēnei uara mō tēnei wā";
    leave_out(): "Nothing is to be filed", "Kāore he mea hei tuku";
    nothing_before(): "The plan has no value for this period that this could take the place of", "Kāore he uara i te mahere mō tēnei wā hei whakakapi";
    untick(): "Check the period, or take the tick away", "Tirohia te wā, tangohia rānei te tohu";
    no_evidence(): "Nothing shows it", "Kāore he taunakitanga";
    add_evidence(): "Add at least one source: what is it called, who published it, and where is it to be found", "Tāpirihia kia kotahi neke atu te puna: te ingoa, nā wai i whakaputa, kei hea";
    too_many(max): "There are more than {max} sources", "Kua neke atu i te {max} ngā puna";
    choose_best(): "Choose those that show it best", "Tīpakohia ngā mea pai rawa";
    bad_url(): "This is no address of the web", "Ehara tēnei i te wāhitau ipurangi";
    write_url(): "Write the whole address, beginning with https:// or http://, or leave it empty", "Tuhia te wāhitau katoa, tīmata ki te https://, http:// rānei, waiho rānei";
    bad_hash(): "This is no SHA-256", "Ehara tēnei i te SHA-256";
    write_hash(): "Write the 64 hexadecimal digits that sha256sum prints, or leave it empty", "Tuhia ngā mati ngahuru mā ono e 64 o te sha256sum, waiho rānei";
    withheld(holder): "{holder} has not allowed figures of this series to be published", "Kāore anō a {holder} kia whakaae kia whakaputaina ngā tatauranga o tēnei raupapa";
    ask_holder(): "Ask the holder; the office writes the decision down first", "Pātaitia te kaipupuri; mā te tari e tuhi te whakatau i mua";
    no_series(): "The plan keeps no values of this measure", "Kāore he uara o tēnei ine i te mahere";
    ask_office(): "Ask the office to begin a series for it", "Tonoa te tari kia tīmata he raupapa mōna";
    live(): "This is counted by the service itself", "Nā te ratonga tonu tēnei e tatau";
    jump(change, most): "The value moves by {change}; it never moved by more than {most} before", "He {change} te nekenga; ko te {most} te nui rawa i mua";
    check_jump(): "Check the number, or say in the remark what happened", "Tirohia te tau, whakamāramatia rānei te take i te kōrero";
    done_late(due): "It was done later than it was due, {due}", "I oti i muri i te rā tutuki, {due}";
    late_is_shown(): "Nothing is to be mended: the page will say how many days", "Kāore he mea hei whakatika: ka whakaaturia ngā rā e te whārangi";
    was_done(day): "The plan says that it was done on {day}", "E kī ana te mahere i oti i te {day}";
    done_again(): "This return takes the place of that", "Ka whakakapi tēnei pūrongo i tērā";
    no_link(): "No source has an address that readers could open", "Kāore he wāhitau o ngā puna hei tirohanga mā te kaipānui";
    add_link(): "Add the address under which one of them is published, if there is one", "Tāpirihia te wāhitau o tētahi, mehemea kei reira";
    own_word(): "Every source is your own word", "Nāu anō ngā puna katoa";
    add_other(): "Add a source by somebody else, or a data set: the claim is listed as doubtful without", "Tāpirihia he puna nā tētahi atu, he huinga raraunga rānei: ki te kore, ka rārangihia te kī hei mea ruarua";
    late(day): "It was due on {day}", "Ko te {day} te rā i tika ai";
    file_now(): "File it all the same", "Tukuna tonutia";
    unseen_by(day): "The edition shows what was published by {day}, and this is later", "Ko ngā mea kua whakaputaina i mua i te {day} anake ka kitea i te putanga; nō muri tēnei";
    move_day(): "The office has to move the edition's day before readers see it", "Me neke te rā o te putanga e te tari e kitea ai e te kaipānui";
    as_of_ahead(day): "The edition shows what is published by {day}, which is still to come", "Ka whakaatu te putanga i ngā mea kua whakaputaina i mua i te {day}, kāore anō kia tae mai";
    as_of_earlier(): "Write an earlier `as_of` in edition.toml, or sign off later", "Tuhia he `as_of` o mua i edition.toml, haina rānei ā muri atu";
    ask_owner(): "Ask the owner for a return", "Tonoa te kaipupuri mō tētahi pūrongo";
    show_claim(): "Ask the owner for a source; without one the edition lists the claim as doubtful", "Tonoa te kaipupuri mō tētahi puna; ki te kore, ka rārangihia te kī hei mea ruarua";
    stale(title): "{title}: the latest value is older than it should be", "{title}: he tawhito rawa te uara hou";
    unrounded(title): "{title}: its counts were not rounded, so that none is shown", "{title}: kāore i whakaawhiwhia ngā tatau, nō reira kāore e whakaaturia";
    never(title): "{title}: there has never been a value", "{title}: kāore anō he uara";
    measure_again(): "Ask for a value; without one the edition says so", "Tonoa he uara; ki te kore, ka kīia e te putanga";
    not_translated(missing, all): "{missing} of {all} texts are not in te reo Māori", "E {missing} o ngā tuhinga e {all} kāore i te reo Māori";
    translate(): "Translate them; readers get English until then", "Whakamāoritia; ka kite te kaipānui i te reo Pākehā i te wā nei";
    overdue_by(title, day): "{title}: it was due on {day}", "{title}: ko te {day} te rā i tika ai";
    overdue_period(title, period, day): "{title}: the value of {period} was due on {day}", "{title}: ko te {day} te rā i tika ai mō te uara o {period}";
    nothing_shows(title): "{title}: said to be done, and nothing shows it", "{title}: e kīia ana kua oti, kāore he taunakitanga";
    older_source(title): "{title}: every source is older than what it is to show", "{title}: he tawhito ake ngā puna katoa i te mea hei whakaatu";
    own_sources(title): "{title}: every source is by those who say it", "{title}: nā te kaikī ngā puna katoa";
}

/// A text for each language, from one that has a text or day of its own in each.
fn each(text: impl Fn(Lang) -> Words) -> Words {
    Words {
        en: text(Lang::En).en,
        mi: text(Lang::Mi).mi,
    }
}

fn title(words: &Words, lang: Lang) -> &str {
    words.get(lang.as_str()).0
}

/// With a day in words.
pub(super) fn on(day: Date, text: impl Fn(String) -> Words) -> Words {
    each(|lang| text(site::day(lang, day)))
}

/// With words of the plan.
pub(super) fn with(words: &Words, text: impl Fn(String) -> Words) -> Words {
    each(|lang| text(title(words, lang).to_owned()))
}

/// With a list of alternatives.
pub(super) fn any_of(items: &[String], text: impl Fn(String) -> Words) -> Words {
    each(|lang| text(site::any_of(lang, items)))
}

pub(super) fn is_overdue(named: &Words, period: Option<Period>, by: Date) -> Words {
    each(|lang| {
        let (named, by) = (title(named, lang), site::day(lang, by));
        match period {
            Some(period) => overdue_period(named, period, by),
            None => overdue_by(named, by),
        }
    })
}

pub(super) fn is_stale(named: &Words) -> Words {
    with(named, stale)
}

pub(super) fn counts_hidden(named: &Words) -> Words {
    with(named, unrounded)
}

pub(super) fn never_measured(named: &Words) -> Words {
    with(named, never)
}

pub(super) fn doubt(doubt: Doubt, named: &Words) -> Words {
    match doubt {
        Doubt::NoEvidence => with(named, nothing_shows),
        Doubt::TooOld => with(named, older_source),
        Doubt::OwnWord => with(named, own_sources),
    }
}
