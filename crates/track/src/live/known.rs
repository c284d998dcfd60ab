//! The queries that this version of the program answers, with what they mean in words.

use crate::plan::{Direction, Frequency};

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    /// English.
    pub en: &'static str,
    /// Te reo Māori.
    pub mi: &'static str,
}

/// A named, versioned query. Its version goes up when its meaning changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: u32,
    /// Title.
    pub title: Both,
    /// What exactly is computed.
    pub definition: Both,
    /// Unit of its values.
    pub unit: Both,
    /// Which way is better; most have none.
    pub direction: Direction,
    /// How often there is a value.
    pub every: Frequency,
    /// What it may be broken down by.
    pub dimension: Option<&'static str>,
    /// What pulls its values off the truth; printed beside them.
    pub bias: Both,
}

const REPORTS: Both = Both {
    en: "reports",
    mi: "pūrongo",
};
const PERCENT: Both = Both {
    en: "% of reports",
    mi: "% o ngā pūrongo",
};
const MONEY: Both = Both {
    en: "base currency",
    mi: "moni matua",
};
const HOURS: Both = Both {
    en: "hours",
    mi: "hāora",
};
const DAYS: Both = Both {
    en: "days",
    mi: "rā",
};
const MORE_TRUST: Both = Both {
    en: "More reports can mean more trust and not more incidents; most incidents are never reported.",
    mi: "Ko te nui ake o ngā pūrongo, ko te nui ake pea o te whakapono, ehara i te mea he nui ake ngā maiki; ko te nuinga o ngā maiki kāore e pūrongotia.",
};
const TAIL: Both = Both {
    en: "A few large losses make most of the sum. Losses above the limit count once an officer verified them, so that the top is too low.",
    mi: "Nā ngā ngaronga nui torutoru te nuinga o te tapeke. Ka tatauria ngā ngaronga kei runga i te tepe ina whakaūngia e te āpiha, nō reira he iti rawa te taumata o runga.",
};
const MEMORY: Both = Both {
    en: "Only reports that name a day count, less those that name one after receipt. People remember recent days better; who reports late names a day less often, so that the delay is too short.",
    mi: "Ko ngā pūrongo anake e whakahua ana i tētahi rā ka tatauria, haunga ērā he rā i muri i te taenga mai. He pai ake te maumahara ki ngā rā tata; he iti ake te whakahua rā a te hunga pūrongo tōmuri, nō reira he poto rawa te roa.",
};
const ANSWERS: Both = Both {
    en: "Hard cases take longer, so that the mix of severity moves it. Reports without an answer count with the time they have waited (Kaplan-Meier); some of them will turn out to be spam and leave, so that it is somewhat too long. Of anonymous reports the hour of receipt is kept, not the minute: theirs are up to one hour too long, half an hour on average.",
    mi: "He roa ake ngā take uaua, nō reira ka panonitia e te ranunga o te taumaha. Ka tatauria ngā pūrongo kāore anō kia whakautua mō te roa o tā rātou tatari (Kaplan-Meier); ka kitea he pāme ētahi, ka wehe, nō reira he āhua roa rawa. O ngā pūrongo muna ko te hāora anake o te taenga mai ka puritia, kaua te meneti: tae atu ki te hāora kotahi te roa rawa, hei te haurua hāora te toharite.",
};
const CLOSINGS: Both = Both {
    en: "Hard cases take longer, so that the mix of severity moves it. Open reports count with the time they have been open (Kaplan-Meier); some of them will turn out to be spam and leave, so that it is somewhat too long. A report that was opened again counts with its first closing, which is too short for it.",
    mi: "He roa ake ngā take uaua, nō reira ka panonitia e te ranunga o te taumaha. Ka tatauria ngā pūrongo tuwhera mō te roa o tō rātou tuwhera (Kaplan-Meier); ka kitea he pāme ētahi, ka wehe, nō reira he āhua roa rawa. Ko te pūrongo i whakatuwheratia anō ka tatauria ki tōna katinga tuatahi, he poto rawa mōna.",
};

/// Incidents reported in a quarter, as published in the public figures.
pub const REPORTS_RECEIVED: Known = Known {
    name: "reports_received",
    version: 1,
    title: Both {
        en: "Reports received",
        mi: "Ngā pūrongo kua tae mai",
    },
    definition: Both {
        en: "Reports received in the quarter, less those closed as spam, as no incident or as a duplicate, and less those that a machine most likely sent: the public figure `incidents`.",
        mi: "Ngā pūrongo i tae mai i te hauwhā, haunga ērā i katia hei pāme, hei maiki kore, hei tārua rānei, me ērā nā te mīhini pea i tuku: te tau tūmatanui `incidents`.",
    },
    unit: REPORTS,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: MORE_TRUST,
};

/// Direct financial loss reported in a quarter, rounded, in the base currency's unit.
pub const DIRECT_LOSS: Known = Known {
    name: "direct_loss",
    version: 1,
    title: Both {
        en: "Direct financial loss",
        mi: "Te ngaronga moni hāngai",
    },
    definition: Both {
        en: "Sum of the direct financial losses reported in the quarter, rounded to thousands: the public figure `loss`. Withheld where one or two losses dominate it.",
        mi: "Te tapeke o ngā ngaronga moni hāngai i pūrongotia i te hauwhā, kua whakaawhiwhia ki ngā mano: te tau tūmatanui `loss`. Ka huna ina nā te ngaronga kotahi, e rua rānei te nuinga.",
    },
    unit: MONEY,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: TAIL,
};

/// Percent of the quarter's incidents with a loss, of those for which it is known.
pub const SHARE_WITH_LOSS: Known = Known {
    name: "share_with_loss",
    version: 1,
    title: Both {
        en: "Share of reports with a loss",
        mi: "Te ōrau o ngā pūrongo me te ngaronga",
    },
    definition: Both {
        en: "Reports with a loss of any kind, of those whose reporters could say whether there was one: the public figure `share_with_loss`.",
        mi: "Ngā pūrongo me tētahi momo ngaronga, o ērā i mōhio ai ngā kaipūrongo mēnā i pā he ngaronga: te tau tūmatanui `share_with_loss`.",
    },
    unit: PERCENT,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: Both {
        en: "Who lost money is more likely to report.",
        mi: "He nui ake te tūponotanga ka pūrongo te hunga i ngaro he moni.",
    },
};

/// Incidents by category, rounded by the gate.
pub const REPORTS_BY_CATEGORY: Known = Known {
    name: "reports_by_category",
    version: 1,
    title: Both {
        en: "Reports by category",
        mi: "Ngā pūrongo mā te kāwai",
    },
    definition: Both {
        en: "Reports received in the quarter by the category an officer set, or else the one the answers suggest. Randomly rounded to base 3 by the set of reports in each cell, so that cells need not add up to the total; a category that the public figures hide is hidden here too.",
        mi: "Ngā pūrongo i tae mai i te hauwhā mā te kāwai i whakatauria e te āpiha, ki te kore, ko tērā i tohua e ngā whakautu. Kua whakaawhiwhia matapōkeretia ki te pūtake 3 mā te huinga pūrongo o ia pūtau, nō reira kāore pea ngā pūtau e hono ki te tapeke; ka huna anō i konei te kāwai e huna ana i ngā tau tūmatanui.",
    },
    unit: REPORTS,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: Some("category"),
    bias: Both {
        en: "The category of a report that no officer has looked at is what its answers suggest. More reports can mean more trust and not more incidents.",
        mi: "Ko te kāwai o te pūrongo kāore anō kia tirohia e te āpiha ko tā ngā whakautu i tohu ai. Ko te nui ake o ngā pūrongo, ko te nui ake pea o te whakapono, ehara i te mea he nui ake ngā maiki.",
    },
};

/// Incidents by region over four quarters, rounded by the gate.
pub const REPORTS_BY_REGION: Known = Known {
    name: "reports_by_region",
    version: 1,
    title: Both {
        en: "Reports by region",
        mi: "Ngā pūrongo mā te rohe",
    },
    definition: Both {
        en: "Reports received in the four quarters that end with this one, by the region the reporter named (ISO 3166-2). Told once a year, with its last quarter: single quarters, or years that overlap, would tell small cells beside the public figures. Randomly rounded to base 3 by the set of reports in each cell; a region that the public figures hide is hidden here too, and the whole table is withheld where it has fewer than two reports a cell on average.",
        mi: "Ngā pūrongo i tae mai i ngā hauwhā e whā ka mutu i tēnei, mā te rohe i whakahuatia e te kaipūrongo (ISO 3166-2). Kotahi te whakaputanga i te tau, me tōna hauwhā whakamutunga: mā ngā hauwhā takitahi, mā ngā tau inaki rānei, ki te taha o ngā tau tūmatanui e kitea ai ngā pūtau iti. Kua whakaawhiwhia matapōkeretia ki te pūtake 3 mā te huinga pūrongo o ia pūtau; ka huna anō i konei te rohe e huna ana i ngā tau tūmatanui, ā, ka huna te ripanga katoa ina iti iho i te rua te toharite o ngā pūrongo ki ia pūtau.",
    },
    unit: REPORTS,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: Some("region"),
    bias: Both {
        en: "Who names a region is not who does not. Regions differ in size: a large one has more reports.",
        mi: "He rerekē te hunga whakahua rohe i te hunga kāore e whakahua. He rerekē te rahi o ngā rohe: he nui ake ngā pūrongo o te rohe nui.",
    },
};

/// Incidents of a quarter per 100,000 people.
pub const REPORTS_PER_100K: Known = Known {
    name: "reports_per_100k",
    version: 1,
    title: Both {
        en: "Reports per 100,000 people",
        mi: "Ngā pūrongo mō ia 100,000 tāngata",
    },
    definition: Both {
        en: "The public figure `incidents` of the quarter per 100,000 people. Population: the newest year that is not after the quarter's own, as the operator entered it with its source. Not made yearly: four quarters add up to a year.",
        mi: "Te tau tūmatanui `incidents` o te hauwhā mō ia 100,000 tāngata. Te taupori: te tau hou rawa kāore i muri i tō te hauwhā, e ai ki te kaiwhakahaere me tōna puna. Kāore i whakatauatia: e whā ngā hauwhā ka hono hei tau.",
    },
    unit: Both {
        en: "reports per 100,000 people",
        mi: "pūrongo mō ia 100,000 tāngata",
    },
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: Both {
        en: "Organisations report too and are not people. More reports can mean more trust and not more incidents. A new population makes a step that nothing else explains.",
        mi: "Ka pūrongo anō ngā whakahaere, ehara rātou i te tangata. Ko te nui ake o ngā pūrongo, ko te nui ake pea o te whakapono. Mā te taupori hou e puta ai he pekenga kāore he take kē atu.",
    },
};

/// Median of the direct losses of a quarter.
pub const MEDIAN_LOSS: Known = Known {
    name: "median_loss",
    version: 1,
    title: Both {
        en: "Median direct loss",
        mi: "Te ngaronga hāngai waenga",
    },
    definition: Both {
        en: "The smallest direct financial loss that at least half of the reports with an amount are not above, to two digits. Losses above the limit that no officer verified are left out. The interval is that of the order statistics and supposes no form of distribution. Withheld for fewer than ten amounts, or where their sum is withheld because one or two dominate it.",
        mi: "Te ngaronga moni hāngai iti rawa kāore te haurua neke atu o ngā pūrongo he nui tō rātou i runga ake, ki ngā mati e rua. Kāore i roto ngā ngaronga kei runga i te tepe kāore anō kia whakaūngia. Nō te raupapa o ngā uara te awhe, kāore he whakapae mō te tuari. Ka huna ina iti iho i te tekau ngā nui, ina huna rānei tō rātou tapeke.",
    },
    unit: MONEY,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: Both {
        en: "Only losses with an amount count; who lost little often does not report, so that the median of all losses is lower. A later correction shows once five amounts came or went.",
        mi: "Ko ngā ngaronga he nui tō rātou anake ka tatauria; he maha ngā tāngata he iti te ngaronga kāore e pūrongo, nō reira he iti iho te waenga o ngā ngaronga katoa. Ka kitea te whakatika ina rima ngā nui kua tae mai, kua wehe rānei.",
    },
};

/// 95th percentile of the direct losses of a quarter.
pub const P95_LOSS: Known = Known {
    name: "p95_loss",
    version: 1,
    title: Both {
        en: "Direct loss, 95th percentile",
        mi: "Te ngaronga hāngai, ōrauiti 95",
    },
    definition: Both {
        en: "The smallest direct financial loss that at least 95% of the reports with an amount are not above, by the same rules as the median. Withheld where fewer than five lie at it or above, which takes some eighty amounts; its interval needs about 250.",
        mi: "Te ngaronga moni hāngai iti rawa kāore te 95% neke atu o ngā pūrongo he nui tō rātou i runga ake, i raro i ngā ture o te waenga. Ka huna ina iti iho i te rima kei reira, kei runga ake rānei, arā me tata ki te waru tekau ngā nui; me tata ki te 250 mō te awhe.",
    },
    unit: MONEY,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: TAIL,
};

/// Median of the days from occurrence to receipt.
pub const REPORTING_DELAY_MEDIAN: Known = Known {
    name: "reporting_delay_median",
    version: 1,
    title: Both {
        en: "Days until it is reported, median",
        mi: "Ngā rā tae noa ki te pūrongo, te waenga",
    },
    definition: Both {
        en: "Days from the day on which it happened or began, as the reporter said, to the day of receipt in the country's time zone: the time within which half of the reports that name a day came. Interval by order statistics. Withheld for fewer than ten.",
        mi: "Ngā rā mai i te rā i pā ai, i tīmata ai rānei, e ai ki te kaipūrongo, ki te rā i tae mai ai ki te rohe wā o te motu: te wā i tae mai ai te haurua o ngā pūrongo e whakahua rā ana. Nō te raupapa o ngā uara te awhe. Ka huna ina iti iho i te tekau.",
    },
    unit: DAYS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: MEMORY,
};

/// 90th percentile of the days from occurrence to receipt.
pub const REPORTING_DELAY_P90: Known = Known {
    name: "reporting_delay_p90",
    version: 1,
    title: Both {
        en: "Days until it is reported, 90th percentile",
        mi: "Ngā rā tae noa ki te pūrongo, ōrauiti 90",
    },
    definition: Both {
        en: "The time within which 90% of the reports that name a day came, as the median of the same days. Withheld where fewer than five took so long or longer, which takes some forty reports.",
        mi: "Te wā i tae mai ai te 90% o ngā pūrongo e whakahua rā ana, pērā i te waenga o aua rā. Ka huna ina iti iho i te rima te roa pēnā, te roa ake rānei, arā me tata ki te whā tekau ngā pūrongo.",
    },
    unit: DAYS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: MEMORY,
};

/// Median of the hours to the first answer.
pub const FIRST_ANSWER_MEDIAN: Known = Known {
    name: "first_answer_median",
    version: 1,
    title: Both {
        en: "Hours to the first answer, median",
        mi: "Ngā hāora ki te whakautu tuatahi, te waenga",
    },
    definition: Both {
        en: "Hours from receipt to the first message of an officer to the reporter, or to the closing if that came first: the time after which half of the quarter's reports were answered, with those still waiting taken into account (Kaplan-Meier; interval by Brookmeyer and Crowley). No value as long as fewer than half are answered.",
        mi: "Ngā hāora mai i te taenga mai ki te karere tuatahi a te āpiha ki te kaipūrongo, ki te katinga rānei ina tuatahi tērā: te wā i whakautua ai te haurua o ngā pūrongo o te hauwhā, me te whai whakaaro ki ērā e tatari tonu ana (Kaplan-Meier; te awhe nā Brookmeyer rāua ko Crowley). Kāore he uara ina iti iho i te haurua kua whakautua.",
    },
    unit: HOURS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: ANSWERS,
};

/// 90th percentile of the hours to the first answer.
pub const FIRST_ANSWER_P90: Known = Known {
    name: "first_answer_p90",
    version: 1,
    title: Both {
        en: "Hours to the first answer, 90th percentile",
        mi: "Ngā hāora ki te whakautu tuatahi, ōrauiti 90",
    },
    definition: Both {
        en: "The time after which 90% of the quarter's reports were answered, as the median of the same hours. Withheld where fewer than five waited so long.",
        mi: "Te wā i whakautua ai te 90% o ngā pūrongo o te hauwhā, pērā i te waenga o aua hāora. Ka huna ina iti iho i te rima i tatari pēnā te roa.",
    },
    unit: HOURS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: ANSWERS,
};

/// Share of the reports answered in time.
pub const ANSWERED_WITHIN_TARGET: Known = Known {
    name: "answered_within_target",
    version: 1,
    title: Both {
        en: "Share answered in time",
        mi: "Te ōrau i whakautua i te wā tika",
    },
    definition: Both {
        en: "Reports of the quarter whose first answer came within the target that stands beside each value, of all of them. Told once each of them was answered or its time is over. Both counts are rounded by the gate first.",
        mi: "Ngā pūrongo o te hauwhā i tae te whakautu tuatahi i roto i te whāinga kei te taha o ia uara, o te katoa. Ka whākina ina whakautua katoatia, ina pau rānei tō rātou wā. Ka whakaawhiwhia ngā tatauranga e rua i te tuatahi.",
    },
    unit: PERCENT,
    direction: Direction::Up,
    every: Frequency::Quarterly,
    dimension: None,
    bias: Both {
        en: "Hard cases take longer, so that the mix of severity moves it; an answer in time need not be a good one. Of anonymous reports the hour of receipt is kept, not the minute: an answer up to one hour before the end of the target counts as late.",
        mi: "He roa ake ngā take uaua, nō reira ka panonitia e te ranunga o te taumaha; ehara i te mea he pai te whakautu i te wā tika. O ngā pūrongo muna ko te hāora anake o te taenga mai ka puritia, kaua te meneti: ka kīia he tōmuri te whakautu i te hāora whakamutunga o te whāinga.",
    },
};

/// Median of the days to closing.
pub const CLOSE_MEDIAN: Known = Known {
    name: "close_median",
    version: 1,
    title: Both {
        en: "Days until it is closed, median",
        mi: "Ngā rā tae noa ki te katinga, te waenga",
    },
    definition: Both {
        en: "Days from receipt to the first closing: the time after which half of the quarter's reports were closed, with the open ones taken into account (Kaplan-Meier; interval by Brookmeyer and Crowley). No value as long as fewer than half are closed.",
        mi: "Ngā rā mai i te taenga mai ki te katinga tuatahi: te wā i katia ai te haurua o ngā pūrongo o te hauwhā, me te whai whakaaro ki ngā mea tuwhera (Kaplan-Meier; te awhe nā Brookmeyer rāua ko Crowley). Kāore he uara ina iti iho i te haurua kua katia.",
    },
    unit: DAYS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: CLOSINGS,
};

/// 90th percentile of the days to closing.
pub const CLOSE_P90: Known = Known {
    name: "close_p90",
    version: 1,
    title: Both {
        en: "Days until it is closed, 90th percentile",
        mi: "Ngā rā tae noa ki te katinga, ōrauiti 90",
    },
    definition: Both {
        en: "The time after which 90% of the quarter's reports were closed, as the median of the same days. Withheld where fewer than five were open so long.",
        mi: "Te wā i katia ai te 90% o ngā pūrongo o te hauwhā, pērā i te waenga o aua rā. Ka huna ina iti iho i te rima i tuwhera pēnā te roa.",
    },
    unit: DAYS,
    direction: Direction::Down,
    every: Frequency::Quarterly,
    dimension: None,
    bias: CLOSINGS,
};

/// Share of the reports that may be passed on, by agency.
pub const CONSENT_BY_AGENCY: Known = Known {
    name: "consent_by_agency",
    version: 1,
    title: Both {
        en: "Consent to pass it on, by agency",
        mi: "Te whakaae kia tukuna atu, mā te umanga",
    },
    definition: Both {
        en: "Reports of the quarter whose reporter agrees to have it passed to this agency, of all of them; in total, to at least one agency. Consent and not referral: it does not tell that the report was passed on. Both counts are rounded by the gate first; a share of few, or of all but few, is withheld.",
        mi: "Ngā pūrongo o te hauwhā e whakaae ana te kaipūrongo kia tukuna ki tēnei umanga, o te katoa; mō te tapeke, ki tētahi umanga neke atu. He whakaae, ehara i te tukunga: kāore e kī ana i tukuna te pūrongo. Ka whakaawhiwhia ngā tatauranga e rua i te tuatahi; ka huna te ōrau o te ruarua, o te katoa hāunga te ruarua rānei.",
    },
    unit: PERCENT,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: Some("agency"),
    bias: Both {
        en: "Agencies are offered by the kind of incident, so that the mix of categories moves it. A consent that was withdrawn is not counted.",
        mi: "Ka whakaaturia ngā umanga e ai ki te momo maiki, nō reira ka panonitia e te ranunga o ngā kāwai. Kāore e tatauria te whakaae kua tangohia.",
    },
};

/// Share of the incidents that were referred, by agency.
pub const REFERRED_BY_AGENCY: Known = Known {
    name: "referred_by_agency",
    version: 1,
    title: Both {
        en: "Incidents with at least one referral, by agency",
        mi: "Ngā maiki kotahi neke atu te tukunga, mā te umanga",
    },
    definition: Both {
        en: "Reports of the quarter that were handed to this agency, of all of them; in total, to at least one agency. One that went to two agencies counts once for each of them and once in total, so that the agencies never add up to the total. Both counts are rounded by the gate first; a share of few, or of all but few, is withheld.",
        mi: "Ngā pūrongo o te hauwhā i tukuna ki tēnei umanga, o te katoa; mō te tapeke, ki tētahi umanga neke atu. Ko te pūrongo i tukuna ki ngā umanga e rua ka tatauria kotahi mō ia umanga, kotahi hoki mō te tapeke, nō reira kāore ngā umanga e tāpiri ki te tapeke. Ka whakaawhiwhia ngā tatauranga e rua i te tuatahi; ka huna te ōrau o te ruarua, o te katoa hāunga te ruarua rānei.",
    },
    unit: PERCENT,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: Some("agency"),
    bias: Both {
        en: "What was handled directly is not in it. Reports of the last weeks may still be referred, so that the newest quarter is too low.",
        mi: "Kāore i roto ngā mea i whakahaerehia tōtikatia. Ka tukuna pea ngā pūrongo o ngā wiki whakamutunga ā muri ake, nō reira he iti rawa te hauwhā hou.",
    },
};

/// Share of anonymous reports.
pub const ANONYMOUS_SHARE: Known = Known {
    name: "anonymous_share",
    version: 1,
    title: Both {
        en: "Share of anonymous reports",
        mi: "Te ōrau o ngā pūrongo muna",
    },
    definition: Both {
        en: "Reports of the quarter whose reporter chose to stay anonymous, of all of them. Both counts are rounded by the gate first.",
        mi: "Ngā pūrongo o te hauwhā i kōwhiri te kaipūrongo kia muna, o te katoa. Ka whakaawhiwhia ngā tatauranga e rua i te tuatahi.",
    },
    unit: PERCENT,
    direction: Direction::Volume,
    every: Frequency::Quarterly,
    dimension: None,
    bias: Both {
        en: "It can mean shame or fear, and as well that the way to stay anonymous is known. Who leaves no contact details without choosing to be anonymous is not in it.",
        mi: "He whakamā, he mataku rānei pea te tikanga, he mōhio rānei ki te huarahi muna. Kāore i roto te tangata kāore i waiho taipitopito whakapā, kāore hoki i kōwhiri kia muna.",
    },
};

/// Every query that this version of the program answers.
pub const KNOWN: [Known; 18] = [
    REPORTS_RECEIVED,
    REPORTS_BY_CATEGORY,
    REPORTS_PER_100K,
    REPORTS_BY_REGION,
    ANONYMOUS_SHARE,
    DIRECT_LOSS,
    SHARE_WITH_LOSS,
    MEDIAN_LOSS,
    P95_LOSS,
    REPORTING_DELAY_MEDIAN,
    REPORTING_DELAY_P90,
    FIRST_ANSWER_MEDIAN,
    FIRST_ANSWER_P90,
    ANSWERED_WITHIN_TARGET,
    CLOSE_MEDIAN,
    CLOSE_P90,
    CONSENT_BY_AGENCY,
    REFERRED_BY_AGENCY,
];
