# Ngā kāhui: ngā pūrongo he ōrite te āhua, me te whakatau kotahi mō te katoa.

cluster-title = Ngā kāhui
cluster-lead = Ka huihui noa mai ki konei ngā pūrongo he kotahi te hono, te nama, he tata ōrite rānei ngā kupu. Ko tāu e whakatau ai mō te kāhui ka mahia ki ōna pūrongo katoa kāore anō kia kati, ki ngā mea hoki ka uru mai ā muri ake.
cluster-none = Kāore he kāhui pērā.
cluster-show = Ko ēhea
cluster-show-open = He pūrongo tuwhera, e rua neke atu
cluster-show-single = He pūrongo tuwhera, me ngā mea takitahi
cluster-show-all = Te katoa, me ngā mea kua kati
cluster-one = Kāhui
cluster-number = Kāhui { $no }
cluster-count = Ngā pūrongo
cluster-size =
    { $count ->
        [one] kotahi te pūrongo
       *[other] { $count } ngā pūrongo
    }
cluster-shared = He aha e ōrite ana
cluster-why = He aha ai
cluster-of = { $some } o te { $all }
cluster-lost-unknown =
    { $count ->
        [one] me tētahi ngaronga kāore e mōhiotia te nui
       *[other] me ngā ngaronga e { $count } kāore e mōhiotia te nui
    }
cluster-open =
    { $count ->
        [one] 1 e tuwhera ana
       *[other] { $count } e tuwhera ana
    }
cluster-decided = Kua whakatauhia
cluster-held =
    { $count ->
        [one] 1 kua puritia
       *[other] { $count } kua puritia
    }
cluster-held-one = Kua puritia
cluster-held-note = He kino kē atu ēnei i ngā pūrongo katoa i whakatauhia ai, nō reira kāore i mahia tētahi mea ki a rātou. Pānuitia i te tuatahi; kātahi ka whakapā i te whakatau ki a rātou, ka wehea rānei.
cluster-held-take =
    { $count ->
        [one] Whakapāngia te whakatau ki tēnei pūrongo
       *[other] Whakapāngia te whakatau ki ēnei pūrongo e { $count }
    }
cluster-suspect =
    { $count ->
        [one] 1 nā te mihini pea
       *[other] { $count } nā te mihini pea
    }
cluster-between = Te tuatahi me te whakamutunga
cluster-linked = Kua honoa ki tēnei
cluster-reports = Ngā pūrongo o tēnei kāhui
cluster-choose = Kōwhiria { $reference }
cluster-first = Nāna te kāhui i tīmata
cluster-decision = Whakatau
cluster-joins = I uru noa mai: { $count }
cluster-more = E { $count } anō
cluster-progress = Kua mahia ki te { $done }, { $open } e toe ana.
cluster-reply-sent = he whakautu ki ia kaipūrongo
cluster-decide =
    { $count ->
        [one] Whakatauhia mō te pūrongo tuwhera kotahi
       *[other] Whakatauhia mō ngā pūrongo tuwhera e { $count }
    }
cluster-reach = O ngā pūrongo tuwhera e { $open }, e { $reached } he kaipūrongo ka taea te pānui whakautu i te whārangi tūnga; e { $told } i waiho taipitopito whakapā.
cluster-grace = Ka mahia ā muri i te 30 hēkona. I mua i tērā, i mua hoki i te putanga o tētahi mea i te whare, ka taea te whakakore i raro nei.
cluster-category-keep = Waiho kia pērā
cluster-reply = Whakautu i te { $language }
cluster-reply-hint =
    { $count ->
        [one] Kotahi te pūrongo i tēnei reo. Ki te kore he whakautu i te reo o te kaipūrongo, ka whiwhi ia i tērā atu.
       *[other] { $count } ngā pūrongo i tēnei reo. Ki te kore he whakautu i te reo o te kaipūrongo, ka whiwhi ia i tērā atu.
    }
cluster-close = Katia me te putanga
cluster-close-not = Kaua e kati
cluster-link = Honoa ki tētahi atu kāhui
cluster-link-to = Te nama o te kāhui ka whakatau mō ngā mea e rua
cluster-link-hint = Kāore he kupu e whakakotahitia, ā, ka taea te hono te whakakore.
cluster-move-to = Te nama o tērā atu kāhui
cluster-move-hint = Mō te neke anake; ka pā te whakatau o taua kāhui ki a rātou.
cluster-split = Wehea ngā mea i kōwhiria
cluster-move = Nekehia ngā mea i kōwhiria
cluster-undo = Whakakorea
cluster-refused-nothing = Kōwhiria kia kotahi pūrongo, neke atu rānei.
cluster-refused-whole = Ko ngā pūrongo katoa ēnei o te kāhui. Waiho kia kotahi neke atu ki roto.
cluster-refused-same = He kāhui kotahi kē ēnei.
cluster-refused-cluster = Tuhia te nama o tētahi kāhui kei konei.
cluster-refused-empty = Kōwhiria he kāwai, tuhia he whakautu, kōwhiria rānei he putanga.
cluster-refused-undo = Kāore e taea te whakakore: kua mahia kētia ki ngā pūrongo, kua whakakorea kētia rānei. Me whakatau anō.
cluster-refused-later = I panonitia anōtia taua mea ā muri. Whakakorea tērā i te tuatahi.
event-cluster-opened = Kāore he pūrongo ōrite
event-cluster-joined = I uru
event-cluster-split = I wehea
event-cluster-moved = I nekehia
event-cluster-merged = I honoa
event-cluster-decided = I whakatauhia
event-cluster-applied = I whakatauhia tahitia me
event-cluster-held = I puritia mai i te whakatau
event-cluster-undone = I whakakorea, mahi

cluster-mail-title = Ngā īmēra e tatari ana ki tētahi āpiha tuarua
cluster-mail-asked =
    { $count ->
        [one] Kotahi te īmēra mō te whakautu e tatari ana ki tētahi āpiha tuarua
       *[other] { $count } ngā īmēra mō te whakautu e tatari ana ki tētahi āpiha tuarua
    }
cluster-mail-note = Kua oti te whakatau, ā, kei ngā whārangi tūnga te whakautu. Ka tukuna ngā īmēra ki ngā kaipūrongo neke atu i te { $most } ina whakaae anake tētahi atu.
cluster-mail-by = I whakatauhia e
cluster-mail-agree = Whakaae: tukuna ngā īmēra
cluster-mail-decline = Whakahē: kaua e tukuna he īmēra
cluster-mail-declined = Kāore he īmēra mō te whakautu e tukuna. I whakahēngia e
cluster-mail-going =
    { $count ->
        [one] Ka tata te tuku i te īmēra kotahi mō te whakautu. I whakaaetia e
       *[other] Ka tata te tuku i ngā īmēra e { $count } mō te whakautu. I whakaaetia e
    }
cluster-mail-sent = Kua tukuna ngā īmēra mō te whakautu. I whakaaetia e
cluster-mail-stage-asked = e tatari ana ki tētahi āpiha tuarua
cluster-mail-stage-agreed = kua whakaaetia
cluster-mail-stage-declined = kua whakahēngia
event-cluster-mail = He īmēra mō te whakautu ki te tokomaha
