# Te whārangi mō te atanga mō ngā pūrere, me ōna kupu mō ngā hapa.

api-title = Te tuku pūrongo mā te pūrere
api-lead = Ka taea e ngā whakahaere me ngā taputapu te tuku pūrongo hei JSON. Kāore he pūkete e hiahiatia ana; ka taea e ngā hoa mahi te tuku kī kia mōhio ai mātou nā wai te pūrongo.
api-point-durable = Ko te whakautu 201 te tohu kua haumaru te pūrongo i te kōpae me te rangitaki taunaki.
api-point-once = Tukuna he Idempotency-Key ki ia pūrongo: kātahi ka taea te tono anō ina motu, ā, kotahi anake te tatau.
api-point-problems = Ka whakaingoa ngā tuhinga hapa (RFC 9457) i ngā āpure hē katoa i te wā kotahi, me te tohu ki ia mea.
api-point-secret = Mā te kupu muna ka tuwhera anō te pūrongo. Ka haere i roto i te pane, kaua rawa i te wāhitau.
api-document = Te tuhinga OpenAPI 3.1
api-questions = Ko ngā pātai, me ngā waehere o ngā whakautu me ngā tepe:
api-partners = Ngā umanga me ngā whakahaere kei a rātou tā rātou ake kī
api-partners-lead = Ka tikina e ngā umanga ngā mea i tukuna atu ki a rātou, ā, ka kī he aha te hua. Ka tikina e ngā whakahaere ngā mea i kī atu ai mātou mō ō rātou whatunga, ā, ka whakautu.
api-partners-key = Ka tukuna te kī hei pane: Authorization: Bearer. Ka whiwhi ngā umanga i tā rātou i te kaiwhakahaere o tēnei ratonga, ngā whakahaere i tētahi āpiha.
api-example = Tauira
api-example-body = He pūrongo katoa hei JSON
api-key-reused = Kua whakamahia kētia tēnei Idempotency-Key mō tētahi atu tono. Whakamahia he kī hou mō te pūrongo hou.
api-no-such-file = Kāore ā mātou kōnae me tēnei SHA-256. Tukuna te kōnae i te tuatahi; ko te kōnae kāore e whakaingoatia ana e tētahi pūrongo, ka puritia mō te rā kotahi.
api-file-type = Kāore ngā kōnae o tēnei momo e tangohia ana i konei.
api-empty-file = He kau te kōnae.
