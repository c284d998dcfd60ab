# Te tatau Aroturuki: ngā rautaki ā-motu me te tawhiti kua haerehia. He kupu anō kei ngā whārangi o ia mahere.

track-title = Ngā rautaki me tō rātou ahu whakamua
track-lead = He kōnae ngā mahere katoa. Ka hono ia tau ki tōna pūtake, ka tātaihia ia tūnga, ā, ka taea e te katoa te pūrongo te tātai anō.
track-none = Kāore he mahere e whakaaturia ana i tēnei wā.
track-covered =
    { $never ->
        [0] { $measured } o ngā inenga e { $all } he tau hou ō rātou.
       *[other] { $measured } o ngā inenga e { $all } he tau hou ō rātou; { $never } kāore anō kia whai tau.
    }

preview-absent = Kāore tēnei whārangi i te hanganga: ehara, ehara anō rānei i te wāhanga o te mahere
preview-broken = Kāore e taea te mahere te hanga
preview-sound = He pai te mahere
preview-warnings = Ka taea te mahere te hanga, engari he whakatūpato
preview-waits = Whakatikaina ngā mea i raro nei, ka tiaki: mā tēnei whārangi anō e whakaatu te mahere.
preview-last = Te hanganga pai whakamutunga
preview-front = Ki te whārangi mua o te mahere
