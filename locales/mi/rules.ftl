# Ngā whārangi o ngā āpiha: ngā ture o te tēpu, me ngā mahere mahi.

rules-title = Ngā ture
rules-lead = He rite tonu te mahi a te ture ki ia pūrongo ka kitea e tētahi rārangi rapu, i te taenga mai. Kāore ia e huri i tā tētahi i whakatau ai, ā, kei te hītori o te pūrongo ngā mahi katoa, ka taea te whakahoki.
rules-new = Tuhia he ture
rules-all = Ngā ture katoa
rules-none = Kāore anō kia tuhia he ture.
rules-order = Ka mahi ngā ture i te raupapa o ō rātou tau. Ka waiho e tērā e whai ana te mea kua whakaritea e tō mua.
rules-name = Ingoa
rules-no = Ture { $no }
rules-version = Putanga { $no }
rules-standing = Tūnga
rules-day = Pūrongo i ngā hāora 24
rules-month = Pūrongo i ngā rā 30
rules-on = Kei te mahi: putanga { $version }
rules-off = Kua weto
rules-stopped = Nāna anō i tū
rules-stopped-note = I pā ki ngā pūrongo he nui ake i te mea e whakaaetia ana i te hāora kotahi, i { $when }. Tirohia āna mahi, ka whakamātau anō.
rules-stage-draft = Kāore anō te putanga { $version } kia whakamātauhia
rules-stage-tried = Kua whakamātauhia te putanga { $version }
rules-stage-asked = Kei te tatari te putanga { $version } ki te tangata tuarua
rules-asked = Hei titiro
rules-asked-note = I tono ngā ture kia tirohia ēnei pūrongo e te tangata. Ko ngā mea hou kei mua.
rules-asks = E tonoa ana he tangata kia titiro
rules-looked = Kua tirohia
rules-looked-at = Kua titiro au ki { $reference }
rules-playbooks = Ngā mahere mahi
rules-playbooks-note = He rārangi mahi mō ngā take, e ai ki ngā raraunga o tēnei ratonga. I te take, mā “Ngā mahi” e tāpiri tētahi; ka hoatu ia mahi ki tētahi, ka tohua ina oti.
rules-when = Ina tae mai he pūrongo ka kitea e tēnei
rules-when-hint = He rārangi rapu, pērā i tērā kei runga i te rārangi pūrongo. Kāore ngā rā, ngā tukunga me “me” e kōrero mō te pūrongo kātahi anō ka tae mai.
rules-then = Kātahi
rules-then-hint = Ko ngā mea kua whakakīia anake ka mahia, ki ngā wāhi kāore anō tētahi kia whakatau.
rules-leave = Waiho tonu
rules-does-category = Whakaritea te kāwai
rules-does-severity = Whakaritea te taumaha
rules-does-assign = Hoatu ki a
rules-does-case = Huakina he take
rules-case-plain = He take kāore he mahi
rules-case-tasks = He take me ngā mahi o: { $title }
rules-opens = ka huakina he take
rules-fault-case = Kāore he rārangi mahi pērā. Kōwhiria tētahi i te rārangi.
rules-does-reply = Tuhi ki te kaipūrongo
rules-does-ask = Tonoa he tangata kia titiro
rules-reply = Tuhi ki te kaipūrongo i tēnei reo: { $language }
rules-reply-hint = Ka tae ngā kupu ōrite ki ia kaipūrongo. Mā te tangata tuarua e whakakā tēnei momo ture. Kāore e taea te whakahoki i te karere kua haere.
rules-ask-hint = He aha hei titiro māna? Ka tū te pūrongo ki te whārangi o ngā ture kia tirohia rā anō.
rules-hour-hits = Pūrongo i te hāora kotahi i mua i tōna tū
rules-hour-hits-hint = 1 ki te { $max }. Mā te whakamātau e kī mai e hia.
rules-save = Puritia tēnei putanga
rules-written = He mea tuhi nā
rules-fault-name = Hoatu he ingoa ki te ture.
rules-fault-no-line = Kōrero mai mō ēhea pūrongo: ka kitea ngā mea katoa e te rārangi piako.
rules-fault-not-for-rules = Kāore a { $filter } e kōrero mō te pūrongo kātahi anō ka tae mai. Tangohia.
rules-fault-category = Kāore he kāwai pērā. Kōwhiria tētahi i te rārangi.
rules-fault-severity = Kāore he taumaha pērā. Kōwhiria tētahi i te rārangi.
rules-fault-assign = Kāore tēnei tangata e mahi ana i ngā pūrongo. Kōwhiria tētahi i te rārangi.
rules-fault-empty = Tuhia he kupu, waiho rānei te āpure kia piako.
rules-fault-hour-hits = Tuhia he tau mai i te 1 ki te { $max }.
rules-fault-no-deed = Kōrero mai he aha tā te ture mahi: whakakīia kia kotahi neke atu o ēnei.
rules-broken = Kāore e taea te tuhi pēnei i tēnei putanga i tēnei rā
rules-broken-note = I te wā kāore e taea te pānui tōna rārangi rapu, kāore he mahi a te ture. Tuhia he putanga hou.
rules-trial = Whakamātau
rules-trial-note = Ko tā tēnei putanga e mahi ai ki ngā pūrongo o ngā rā { $days } kua hori mehemea i kā, i te taha o ērā atu ture e kā ana ināianei; me tā te tangata i whakatau ai mō aua pūrongo. Kāore he mea e huri.
rules-trial-none = Kāore anō tēnei putanga kia whakamātauhia.
rules-try = Whakamātauhia
rules-tried-at = I whakamātauhia i { $when }.
rules-result =
    { $looked ->
        [one] 1 te pūrongo i tirohia,
       *[other] { $looked } ngā pūrongo i tirohia,
    } { $touched ->
        [one] kotahi ka pāngia.
       *[other] { $touched } ka pāngia.
    }
rules-hour-most = Te mea nui rawa i te hāora kotahi: { $n }.
rules-more = Ko ngā pūrongo hou { $max } anake i tirohia; he nui ake.
rules-bare =
    { $n ->
        [one] Kotahi anō kāore i taea te titiro: kua mukua ngā kōrero, kāore rānei e taea te pānui.
       *[other] { $n } anō kāore i taea te titiro: kua mukua ngā kōrero, kāore rānei e taea te pānui.
    }
rules-would-stop = Kua tū kē i a ia anō
rules-would-stop-note = { $max } ngā pūrongo ka taea te pā i te hāora kotahi. Whakawhāitihia te rārangi rapu, whakaaetia rānei kia nui ake.
rules-deed = Tāna mahi
rules-would = Kua mahia e ia
rules-same = I ōrite te whakatau a te tangata
rules-other = I rerekē te whakatau a te tangata
rules-open = Kāore anō te tangata kia whakatau
rules-agree-note = Ki te maha ngā whakatau rerekē a te tangata, he maha ngā hē o te ture. Mō ngā karere, ko te tikanga o te “ōrite”, i tuhi tētahi ki te kaipūrongo.
rules-samples = Ētahi o ēnei pūrongo
rules-sample-other = I rerekē te whakatau a te tangata
rules-switch = Whakakāngia, whakawetohia rānei
rules-switch-on = Whakakāngia tēnei putanga
rules-switch-off = Whakawetohia
rules-try-first = I mua i te whakakā, me whakamātau tēnei putanga.
rules-two-note = Ka tuhi tēnei ture ki ngā kaipūrongo, ka pā rānei ki ngā pūrongo maha: mā tētahi kāore nāna i tuhi e whakakā.
rules-ask-second = Tonoa he tangata tuarua
rules-withdraw = Kāti te tono
rules-decline = Whakakāhoretia
rules-on-note = Kātahi ka mahi ki ia pūrongo ka tae mai i taua wā. Ka waiho tonu ngā pūrongo kei konei kē.
rules-lead-note = Mā tētahi e ārahi ana i te tēpu e whakakā.
rules-other-note = Mā tētahi atu e ārahi ana i te tēpu e whakakā.
rules-off-note = Ka taea e te hunga mahi pūrongo te whakaweto i te ture. Ka mau tonu āna mahi kia whakahokia rā anō.
rules-touched = Ngā mea i pāngia
rules-hits =
    { $day ->
        [one] 1 te pūrongo i ngā hāora 24 kua hori,
       *[other] { $day } ngā pūrongo i ngā hāora 24 kua hori,
    } { $month ->
        [one] kotahi i ngā rā 30 kua hori.
       *[other] { $month } i ngā rā 30 kua hori.
    }
rules-back = Whakahokia āna mahi
rules-back-note = I ia pūrongo, ka whakahokia ngā mea kāore i hurihia e tētahi i muri mai. Ka mau tonu ngā whakatau a te tangata, me te karere kua haere. Ka noho tonu te take kua huakina: katia. { $max } ngā pūrongo i te wā kotahi, ko ngā mea hou i mua.
rules-back-hours = I ngā hāora kua hori
rules-back-wrong = Tuhia he tau hāora mai i te 1 ki te { $max }.
rules-taken-back = ngā hāora { $hours } kua hori; pūrongo i whakahokia: { $reports }; karere kua haere kē: { $left }; pūrongo i whakatauhia e te tangata i muri mai: { $kept }
rules-stopped-at = i muri i ngā pūrongo { $n } i te hāora kotahi
rules-change = Tuhia he putanga hou
rules-change-note = Ka mahi tonu te putanga e kā ana kia whakakāngia tētahi atu.
rules-older = Ngā putanga o mua
rules-of-report = Ngā ture i pā ki tēnei
rules-refused-absent = Kāore he ture pērā.
rules-refused-moved = I hurihia tēnei ture e tētahi atu. Tirohia anō; kāore he mea i mahia.
rules-refused-not-tried = Whakamātauhia tēnei putanga i te tuatahi.
rules-refused-old = Kua neke ake i te wiki te pakeke o te whakamātau. Whakamātauhia anō.
rules-refused-two = Tonoa he tangata tuarua i te tuatahi: ka tuhi tēnei ture ki ngā kaipūrongo, ka pā rānei ki te maha.
rules-refused-own = Nāu tēnei ture i tuhi, i tono rānei: mā tētahi atu e whakakā.
rules-refused-one = Kāore he tangata tuarua e hiahiatia ana mō tēnei ture. Ka taea te whakakā.
rules-refused-not-asked = Kāore tētahi e tono ana i te tangata tuarua ināianei.
rules-refused-not-on = Kāore te ture e kā ana.
rules-refused-is-on = E kā ana kē tēnei putanga.
rules-refused-limit = He nui rawa ngā ture, ngā putanga rānei. Whakawetohia ētahi atu i te tuatahi.
rules-refused-line = Kāore e taea te pānui te rārangi rapu o tēnei putanga ināianei. Tuhia he putanga hou.
rules-event-ruled = I mahia e tētahi ture
rules-event-wrote = I tuhi tētahi ture ki te kaipūrongo
rules-event-looked = I titiro tētahi tangata, i runga i te tono a te ture
rules-event-written = I tuhia he ture
rules-event-tried = I whakamātauhia he ture
rules-event-asked = I tonoa te tangata tuarua mō tētahi ture
rules-event-declined = Kāore te ture i whakakāngia
rules-event-on = I whakakāngia he ture
rules-event-off = I whakawetohia he ture
rules-event-stopped = Nā te ture anō i tū
rules-event-taken-back = I whakahokia ngā mahi a tētahi ture
