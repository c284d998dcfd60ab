//! Initiatives, their steps and money, and the organisations that answer.

use super::{phrases, words};

words! {
    kind_flagship: "Flagships", "Ngā hinonga matua";
    kind_other: "Other initiatives", "Ētahi atu hinonga";
    kind_looking: "Looking ahead: without resources yet", "Hei te wā e tū mai nei: kāore anō he rauemi";
    one_flagship: "Flagship", "Hinonga matua";
    one_other: "Initiative", "Hinonga";
    one_looking: "Looking ahead, without resources yet", "Hei te wā e tū mai nei, kāore anō he rauemi";
    co_owners: "With", "Me";
    owner_confirmed: "Said by", "Nā tēnei puna";
    owner_unconfirmed: "No source confirms the owner.", "Kāore he puna e whakaū ana i tēnei.";
    themes: "Themes", "Ngā kaupapa";
    about_initiative: "About this initiative", "Mō tēnei hinonga";
    next_step: "Next step", "Te mahi e whai ake nei";
    due: "Due", "Te rā tutuki";
    done: "Done", "I oti";
    no_date: "no date", "kāore he rā";
    not_done: "not yet", "kāore anō";
    milestones: "Milestones", "Ngā pou tohu";
    actions: "Actions", "Ngā mahi";
    step: "Step", "Mahi";
    evidence: "Evidence", "Taunakitanga";
    no_evidence: "none", "kāore";
    step_on_time: "On time", "I te wā tika";
    days_one: "1 day", "kotahi te rā";
    step_done: "Done", "Kua oti";
    step_without: "Said to be done, without evidence", "E kīia ana kua oti, kāore he taunakitanga";
    step_no_date: "Not done; no date is set", "Kāore anō kia oti; kāore he rā";
    no_steps: "No milestones or actions are set.", "Kāore he pou tohu, he mahi rānei kua whakatauria.";
    claimed: "What is said of it", "Ngā kī mō tēnei";
    claimed_lead: "Claims with their sources. They count for nothing in what is computed.", "Ngā kī me ō rātou puna. Kāore ēnei e whai wāhi ki ngā tātai.";
    money: "Money", "Te pūtea";
    money_line: "Line", "Rārangi pūtea";
    money_amount: "Amount", "Te rahi";
    money_state: "State", "Te āhua";
    allocated: "set aside", "kua tohaina";
    drawn: "spent", "kua whakapaua";
    no_money: "No budget line is known.", "Kāore he rārangi pūtea e mōhiotia ana.";
    no_money_short: "no budget line", "kāore he rārangi pūtea";
    needs: "Waits for", "E tatari ana ki";
    needed_by: "Awaited by", "E tatari ana ēnei ki a ia";
    no_steps_short: "no steps set", "kāore he mahi kua whakatauria";
    gone_title: "This is no longer part of the plan", "Kua kore tēnei i te mahere";
    gone_delivered: "It was delivered.", "Kua oti.";
    gone_merged: "It goes on as part of another one.", "Ka haere tonu hei wāhanga o tētahi atu.";
    gone_stopped: "It was stopped.", "Kua whakamutua.";
    gone_superseded: "Another one took its place.", "Kua whakakapia e tētahi atu.";
    gone_renamed: "It goes on under another name.", "Ka haere tonu i raro i te ingoa hou.";
    gone_unexplained: "No reason is on record.", "Kāore he take kua tuhia.";
    gone_when: "When", "Nōnahea";
    gone_reason: "Why", "He aha ai";
    gone_into: "See", "Tirohia";
    gone_last: "As it last stood", "Te āhua whakamutunga";
    agencies_title: "Who answers for what", "Nā wai ēhea mahi";
    agencies_lead: "Organisations by what they answer for, counted from dates and evidence. The order says nothing of merit.", "Ngā whakahaere me ā rātou mahi, he mea tatau i ngā rā me ngā taunakitanga. Kāore te raupapa e kōrero mō te pai.";
    agency: "Organisation", "Whakahaere";
    on_time_column: "On time or done", "I te wā tika, kua oti rānei";
    late_column: "Late", "I tōmuri";
    overdue_column: "Overdue", "Kua hipa te rā";
    without_column: "Without evidence", "Kāore he taunakitanga";
    due_column: "To come", "Kei te haere mai";
    co_owner_of: "Takes part in", "E whai wāhi ana ki";
    measures_of_goals: "Measures of the goals it works for", "Ngā ine o ngā whāinga e mahia ana e ia";
    doubtful: "Claims that nothing, or only its own word, shows", "Ngā kī kāore he taunakitanga, ko tāna kupu anake rānei";
}

phrases! {
    step_late(days): "{days} late", "I tōmuri: {days}";
    step_overdue(days): "{days} overdue", "Kua hipa te rā: {days}";
    step_due(days): "To come, in {days}", "Kei te haere mai: {days}";
    days_many(n): "{n} days", "{n} ngā rā";
    met(n): "on time {n}", "i te wā tika {n}";
    late(n): "late {n}", "i tōmuri {n}";
    overdue(n): "overdue {n}", "kua hipa te rā {n}";
    without(n): "without evidence {n}", "kāore he taunakitanga {n}";
    to_come(n): "to come {n}", "kei te haere mai {n}";
    set_aside(amount): "{amount} set aside", "{amount} kua tohaina";
    spent(amount): "{amount} spent", "{amount} kua whakapaua";
    filed(by, day): "Filed by {by} on {day}", "Nā {by} i tuku i te {day}";
    accepted(day, role): "Accepted on {day} by: {role}", "I whakaaetia i te {day} e: {role}";
    gone_since(edition): "Since the edition of {edition}", "Mai i te putanga o {edition}";
    without_data(n): "Without any value: {n}", "Kāore rawa he uara: {n}";
}
