# Te tatau Aroturuki: ngā rautaki ā-motu me te tawhiti kua haerehia. He kupu anō kei ngā whārangi o ia mahere.

track-title = Ngā rautaki me tō rātou ahu whakamua
track-lead = He kōnae ngā mahere katoa. Ka hono ia tau ki tōna pūtake, ka tātaihia ia tūnga, ā, ka taea e te katoa te pūrongo te tātai anō.
track-none = Kāore he mahere e whakaaturia ana i tēnei wā.
track-covered = { $measured } o ngā inenga e { $all } he tau hou ō rātou; { $never } kāore anō kia whai tau.
