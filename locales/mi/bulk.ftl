# Ngā whārangi a ngā āpiha: kia kotahi te mahi ki ngā pūrongo maha, me ngā pātuhi.

bulk-title = Maha i te wā kotahi
bulk-pick = Kōwhiria { $reference }
bulk-bar = Mahia ngā pūrongo kua kōwhiria
bulk-open = Mahia ngā mea kua kōwhiria
bulk-open-all = Mahia ngā mea katoa ka kitea (kia { $most } te nui rawa)
bulk-none = Kāore he pūrongo i kōwhiria. Hoki atu, kōwhiria kia kotahi, nui ake rānei, ka whakamātau anō.
bulk-too-many = Kia { $most } rawa ngā pūrongo ka mahia i te wā kotahi.
bulk-heading =
    { $n ->
        [one] Mahia te pūrongo kotahi
       *[other] Mahia ngā pūrongo e { $n }
    }
bulk-counts = { $open } e tuwhera ana, { $closed } kua katia. Ka noho ngā mea kua katia.
bulk-more = He nui ake ka kitea e te rapu: ko ngā { $most } tuatahi ēnei. Mahia anō mō te toenga.
bulk-which = Ko ēhea pūrongo
bulk-keep = Waiho tonu
bulk-severity = Taumaha
bulk-assign = Hoatu ki
bulk-reply = He kupu ki ngā kaipūrongo i te { $language }
bulk-reply-hint = { $n } o ēnei i tuhi i taua reo. Ka riro i ia tangata ngā kupu i tō rātou reo, ki te tuhia e koe.
bulk-close = Katia ki
bulk-alone = Mō ngā kupu ki ngā kaipūrongo neke atu i te { $most }, me whakaae rawa tētahi āpiha tuarua i mua i te tuku.
bulk-undo-note = Ka whakahokia katoatia e Whakakore. Ka puta ngā kupu ki ngā kaipūrongo i muri i te { $seconds } hēkona; ā taua wā, ka taea anō te whakahoki.
bulk-do =
    { $n ->
        [one] Mahia tēnei ki te pūrongo kotahi
       *[other] Mahia tēnei ki ngā pūrongo e { $n }
    }
bulk-nothing = Kōwhiria he mahi.
bulk-one = Kōwhiringa { $no }
bulk-list-note = Ko ngā mahi ki ngā pūrongo maha i te wā kotahi, ko te hou i mua.
bulk-list-none = Kāore anō he mahi ki ngā pūrongo maha i te wā kotahi.
bulk-when = Āhea
bulk-who = Ko wai
bulk-what = He aha
bulk-stage = Tūnga
bulk-stage-asked = E tatari ana ki tētahi āpiha tuarua
bulk-stage-doing = E mahia ana
bulk-stage-done = Kua oti
bulk-stage-declined = Kua whakahēngia
bulk-stage-undoing = E whakahokia ana
bulk-stage-undone = Kua whakahokia
bulk-second = Āpiha tuarua
bulk-undone-by = I whakahokia e
bulk-report = Pūrongo
bulk-fate = Te otinga
bulk-fate-waiting = E tatari ana
bulk-fate-done = Kua oti
bulk-fate-same = Kāore he mahi: kua pērā kē, kua katia rānei
bulk-fate-moved = Kāore i mahia: i rerekē i muri i tō kōwhiringa
bulk-fate-refused = Kāore i mahia: kāore e whakaaetia ana e ngā ture mō ngā pūrongo
bulk-fate-undone = Kua whakahokia
bulk-fate-part = I whakahokia ētahi wāhanga: i panonitia anō i muri mai, kua puta kē rānei ngā kupu
bulk-fate-kept = Kāore i taea te whakahoki: i panonitia anō i muri mai, kua puta kē rānei ngā kupu
bulk-progress = { $done } o te { $all } kua mahia
bulk-again = Titiro anō
bulk-undo = Whakakorea katoatia
bulk-agree = Whakaae: mahia tēnei
bulk-decline = Whakahē
bulk-withdraw = Whakahokia te tono
bulk-own = Mā tētahi atu e whakaae.
bulk-not-yours = Mā te kaimahi anake, mā te kaiārahi rānei, e whakahoki.
bulk-past = Kāore e taea ināianei: tirohia te tūnga i runga.
bulk-strip =
    { $n ->
        [one] Kotahi te kōwhiringa e tatari ana ki tētahi āpiha tuarua
       *[other] { $n } ngā kōwhiringa e tatari ana ki tētahi āpiha tuarua
    }
bulk-nobody = tē tangata
bulk-back = Hoki ki te rārangi

event-bulk-begun = I tīmataria tētahi mahi mō ngā pūrongo maha
event-bulk-turned = I haere tonu tētahi kōwhiringa pūrongo

kb-title = Pātuhi
kb-lead = Kāore he mahi a ngā pātuhi takitahi i a koe e tuhi ana. Mā Escape e puta i te āpure, mā Ctrl me Enter e tuku i te puka. He pātene hoki mō ia mahi.
kb-key = Pātuhi
kb-does = Tāna mahi
kb-change = Panonitia ngā pātuhi
kb-change-hint = Kia kotahi te pūāhua, kia rua rānei ka pātōngia whai muri. Ka puritia ki tēnei pūtirotiro.
kb-off = Whakawetohia ngā pātuhi takitahi
kb-save = Tiakina
kb-reset = Hoki ki ngā mea tuatahi
kb-wrong = Kia kotahi, kia rua rānei ngā tohu māori, kaua he mokowā, he ~, he : rānei
kb-taken = Kei tētahi atu tēnei pātuhi, ka tīmata rānei ki tēnei
kb-next = Te mea whai muri o te rārangi
kb-previous = Te mea o mua o te rārangi
kb-open = Tuwherahia
kb-pick = Kōwhiria, kāore rānei
kb-pick-all = Kōwhiria ngā mea katoa o tēnei whārangi, kāore rānei
kb-onward = Te mea whai muri e tatari ana
kb-search = Rapua
kb-help = Tēnei whārangi
kb-assign = Māku
kb-category = Kāwai
kb-severity = Taumaha
kb-reply = Tuhi ki te kaipūrongo
kb-done = Katia
kb-undo = Whakakorea
kb-refer = Tukuna ki tētahi umanga
kb-indicator = Ngā wāhitau me ngā tau
kb-task = Mahi
kb-case = Whakatuwhera kēhi
kb-hold = Puritanga ture
kb-merge = Honoa ki tētahi atu kāhui
kb-go-queue = Haere ki te rārangi
kb-go-clusters = Haere ki ngā kāhui
kb-go-cases = Haere ki ngā kēhi
kb-go-shift = Haere ki te wā mahi
kb-go-clocks = Haere ki ngā karaka
kb-go-observables = Haere ki ngā tohu kitea
kb-go-referrals = Haere ki ngā tukunga
kb-go-bulk = Haere ki ngā mahi ki ngā mea maha
onward-report = Te pūrongo hou whai muri
onward-cluster = Te kāhui whai muri e tatari ana
onward-none = Kāore he mea e tatari ana.
