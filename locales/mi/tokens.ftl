# Ngā tohu āpiha, te API āpiha, me ngā matau tukutuku.

api-desk-title = Te API āpiha
api-desk-lead = Ko ngā mahi a ngā whārangi āpiha, ka taea hoki e ngā pūmanawa, i raro i te ingoa o te āpiha nāna te tohu i hanga.
api-desk-token = Ka tukuna te tohu hei pane: Authorization: Bearer. Kei a ia ngā motika o tāna pūkete i taua wā, ā, kāore he pihikete e tirohia ana.
api-desk-version = Ka whakaingoa ia panonitanga i te putanga i kitea. Mēnā i tere ake tētahi atu, kāore he mea e mahia, ā, ka kī te whakautu he pēhea te āhua ināianei.

tokens-title = Ngā tohu
tokens-what = Mā te tohu ka taea e tētahi pūmanawa te mahi i tō ingoa i āu mahi e whakaaetia ana: tiakina pēnei i te kupuhipa. Kāore ia e hanga tohu, kāore hoki e panoni i te ara takiuru.
tokens-name = Mō te aha
tokens-name-hint = Pēnei i te ingoa o te pūmanawa ka whakamahi.
tokens-may = Ngā mahi e whakaaetia ana
tokens-reads = Te pānui anake
tokens-acts = Te pānui me te mahi
tokens-life = Te roa o tōna ora
tokens-days = { $days ->
    [one] { $days } rā
   *[other] { $days } rā
}
tokens-days-wrong = Ka ora te tohu mō te 1 ki te { $max } rā.
tokens-state = Tūnga
tokens-until = tae atu ki te { $day }
tokens-over = kua mutu mai i te { $day }
tokens-ended = i whakamutua i te { $day }
tokens-used = Te whakamahinga whakamutunga
tokens-unused = kāore anō
tokens-end = Whakamutua te tohu
tokens-make = Hangaia he tohu
tokens-confirm = Whakaūngia ko koe tēnei, hei hanga tohu
tokens-many = E { $max } āu tohu: whakamutua tētahi i te tuatahi.
tokens-shown = Tō tohu
tokens-shown-note = Kotahi anake te whakaaturanga. Ka taea e te kaipupuri ngā mahi katoa a te tohu: whakanohoia ki te wāhi pupuri muna a te pūmanawa, kaua ki wāhi kē.
tokens-back = Hoki ki tō pūkete
tokens-all = Ko ngā tohu ora o ngā pūkete katoa. Ka mutu tonu atu te tohu ina whakamutua.
tokens-none = Karekau.

event-token-made = I hangaia he tohu
event-token-ended = I whakamutua he tohu
event-token-used = Te whakamahinga tuatahi o te tohu i taua rā
event-pull-token-made = I hangaia he tohu mā tētahi rangatira
event-pull-token-ended = I whakamutua te tohu a tētahi rangatira
event-pull-token-used = Te whakamahinga tuatahi o te tohu a tētahi rangatira i taua rā
event-webhook-set = I hangaia, i panonihia rānei he matau tukutuku
event-webhook-secret = I whiwhi te matau tukutuku i te kupu muna hou
event-webhook-off = I whakawetohia te matau tukutuku e te pūrere
event-webhook-removed = I tangohia te matau tukutuku

hooks-title = Ngā matau tukutuku
hooks-one = Matau tukutuku
hooks-lead = Ka taea te whakamōhio i ētahi atu pūmanawa mā te karanga kua hainatia i te wā i puta ai tētahi mea. Ka kī te karanga he aha te momo, kei hea hoki hei pānui; kaua rawa ngā kupu a te tangata, kaua hoki ko wai ia.
hooks-none = Karekau.
hooks-new = He matau tukutuku hou
hooks-url = Wāhitau
hooks-url-hint = Ka tīmata ki te https://. Ka whakakāhoretia ngā wāhitau o ngā whatunga kāore i te tūmatanui, ki te kore te kaiwhakahaere e whakaae.
hooks-description = Mō te aha
hooks-events = Ngā takunetanga
hooks-events-hint = Ko ngā mahi a ngā kaipūrongo muna, ka whakamōhiotia i muri i te haora katoa.
hooks-event = Takunetanga
hooks-live = Kua whakakāngia
hooks-state = Tūnga
hooks-on = kā
hooks-off = weto
hooks-failing = kāore e tae ana
hooks-failing-since = Kāore tētahi mea i tae mai i te { $since }. Ka whakamātauria anō, ā, ka whakawetohia i muri i ngā rā e rima.
hooks-gone = weto: i kī te kaiwhiwhi kua kore ia
hooks-given-up = weto: kāore he mea i tae i ngā rā e rima
hooks-make = Hangaia te matau tukutuku
hooks-many = He nui rawa ngā matau tukutuku: tangohia tētahi i te tuatahi.
hooks-moved = Kua panonihia tēnei matau e tētahi atu i te wā nei. Tirohia anō; kei konei tonu āu i pato ai.
hooks-wrong-url = Homai te wāhitau katoa ka tīmata ki te https://, kāore he ingoa, he kupuhipa rānei i roto.
hooks-wrong-plain = Whakamahia te https://. Ko te http noa mō te pūrere tonu o te ratonga anake.
hooks-wrong-description = Kia { $max } ngā pūāhua te mōrahi.
hooks-wrong-events = Kōwhiria kia kotahi te takunetanga, neke atu rānei.
hooks-secret-shown = Te kupu muna o te matau tukutuku
hooks-secret-note = Kotahi anake te whakaaturanga. Mā tēnei te kaiwhiwhi e hihira i ia karanga. Ka haina tahi te kupu muna o mua mō te rā kotahi, kia taea te huri me te kore e ngaro he karanga.
hooks-back = Ki te matau tukutuku
hooks-rotates = Ka haina tahi te kupu muna o mua tae atu ki te { $until }.
hooks-test = Tukuna he whakamātautau
hooks-rotate = Hangaia he kupu muna hou
hooks-deliveries = Ngā karanga
hooks-deliveries-none = Kāore anō kia puta.
hooks-waiting = { $count ->
    [0] Karekau he karanga e tatari ana kia tukuna.
    [one] Kotahi te karanga e tatari ana kia tukuna.
   *[other] E { $count } ngā karanga e tatari ana kia tukuna.
}
hooks-done = kua tae
hooks-due = e tatari ana
hooks-again-later = ka whakamātauria anō
hooks-delivery-given-up = kua whakarērea
hooks-attempts = { $count ->
    [one] { $count } whakamātau
   *[other] { $count } whakamātau
}
hooks-next = Te whakamātau whai muri: { $when }
hooks-tried = Te whakamātau whakamutunga
hooks-millis = { $millis } ms
hooks-answer = Whakautu
hooks-again = Tukuna anō
hooks-body = Te mea ka tukuna
hooks-change = Panonihia
hooks-change-note = Ina whakakāngia, ka whakamōhiotia ngā mea ka puta mai i taua wā.
hooks-save = Tiakina
hooks-remove = Tangohia te matau tukutuku
hooks-remove-note = Ka ngaro tonu atu, me ngā karanga e tatari ana.
