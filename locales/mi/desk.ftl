# Ngā whārangi a ngā āpiha: takiuru, rārangi mahi, pūrongo, pūkete, arotake.

signin-title = Takiuru āpiha
signin-login = Ingoa takiuru
signin-password = Kupuhipa
signin-button = Takiuru
signin-wrong = Kāore i tika te ingoa takiuru, te kupuhipa rānei. I muri i ngā whakamātau maha me tatari koe mō te wā poto.
signin-wait =
    { $seconds ->
        [one] He maha rawa ngā whakamātau i konei. Tatari kia kotahi hēkona, ka whakamātau anō.
       *[other] He maha rawa ngā whakamātau i konei. Tatari kia { $seconds } hēkona, ka whakamātau anō.
    }
signin-ended = He roa rawa te takiuru, kua whakamutua rānei. Tīmata anō.
signin-out = Takiputa
signin-as = E takiuru ana hei { $login }
signin-cancel = Whakamutua, ka takiuru hei tangata kē
signin-code-title = Tāurua te waehere i tō pūmotuhēhē
signin-code = Waehere mati ono
signin-code-hint = Ka whakaatu te taupānga i tētahi waehere hou ia 30 hēkona. Kotahi te whakamahinga o ia waehere.
signin-code-wrong = Kāore i tika taua waehere, kua whakamahia kētia rānei. Tatari ki tērā e whai ake ana.
signin-code-lost = Kāore taku pūmotuhēhē i ahau
signin-recovery-title = Whakamahia he waehere whakaora
signin-recovery = Waehere whakaora
signin-recovery-hint = Ko tētahi o ngā waehere tekau i whakaaturia ki a koe. Kotahi te whakamahinga o ia waehere. Kāore he take o ngā pūmatua me ngā tohuhono.
signin-recovery-wrong = Kāore i tika taua waehere whakaora, kua whakamahia kētia rānei.
signin-new-title = Kōwhiria tō ake kupuhipa
signin-new-why = Nā tētahi atu tō kupuhipa i hoatu. Kōwhiria tētahi e mōhio ana ko koe anake.
signin-new = Kupuhipa hou
signin-new-hint = Kia 12 ngā pūāhua, neke atu. He pai ake ētahi kupu ka honoa e koe anake i te kupu kotahi me ngā tohu rerekē. Ko te pūwhakahaere kupuhipa te mea pai rawa.
signin-new-again = Te kupuhipa hou anō
signin-new-differ = He rerekē ngā kupuhipa e rua. Patohia anō ngā mea e rua.
signin-weak-short = Kia 12 ngā pūāhua, neke atu.
signin-weak-long = He roa rawa tēnā mō te kupuhipa.
signin-weak-login = Kaua tō ingoa takiuru e noho ki roto i te kupuhipa.
signin-weak-common = Ko tēnei tētahi o ngā kupuhipa ka whakamātauria tuatahitia e ngā kaiwhakaeke. Kōwhiria tētahi atu.
signin-weak-same = Ko tēnei tō kupuhipa o nāianei. Kōwhiria tētahi atu.
signin-enrol-title = Whakaritea tō pūmotuhēhē
signin-enrol-why = Hei tāpiri ki tō kupuhipa, me whai waehere koe i tētahi taupānga kei tō waea i ia takiuru. Ka pai te taupānga pūmotuhēhē ahakoa tēhea.
signin-enrol-scan = Matawaitia tēnei pikitia ki te taupānga
signin-enrol-type = Patohia rānei tēnei kī ki te taupānga
signin-enrol-then = Kātahi ka tāuru i te waehere e whakaaturia ana e te taupānga
signin-codes-title = Puritia ēnei waehere whakaora
signin-codes-why = Ki te ngaro tō waea, mā ia waehere koe e kuhu ai kia kotahi te wā. Ka whakaaturia i tēnei wā anake. Tāngia, waiho rānei ki tō pūwhakahaere kupuhipa, kaua ki te waea.
signin-codes-done = Kua puritia e au

desk-nav = Tēpu mahi
desk-queue = Rārangi mahi
desk-audit = Rārangi arotake
desk-accounts = Ngā pūkete
desk-keys = Ngā kī API
desk-jobs = Ngā mahi i hinga
desk-export = Kaweake
desk-account = Tō pūkete

queue-title = Ngā pūrongo
queue-search = Kupu, tohutoro rānei
queue-category = Kāwai
queue-state = Tūnga
queue-order = Raupapa
queue-newest = Hou i mua
queue-severe = Taumaha i mua
queue-all-categories = Ngā kāwai katoa
queue-not-closed = Kāore anō kia kati
queue-all-states = Te katoa, me ngā mea kua kati
queue-mine = Ko aku mea anake
queue-show = Whakaatu
queue-clear = Ūkuia
queue-none = Kāore he pūrongo e ōrite ana.
queue-next = Whārangi whai ake
queue-first = Whārangi tuatahi
queue-report = Pūrongo
queue-severity = Taumahatanga
queue-age = I tae mai
queue-loss = Ngaronga
queue-assignee = Āpiha
queue-about = Mō
queue-nobody = Karekau
queue-anonymous = Muna
queue-suspect = He pūrere pea
queue-loss-yes = Āe, kāore te rahi i te mōhiotia
queue-loss-no = Karekau
queue-loss-unknown = Kāore i te mōhiotia
queue-minutes =
    { $n ->
        [one] 1 meneti i mua
       *[other] { $n } meneti i mua
    }
queue-hours =
    { $n ->
        [one] 1 hāora i mua
       *[other] { $n } hāora i mua
    }
queue-days =
    { $n ->
        [one] 1 rā i mua
       *[other] { $n } rā i mua
    }
state-received = Hou
state-open = Tuwhera
state-waiting = E tatari ana
state-closed = Kua kati
language-en = Reo Pākehā
language-mi = Te reo Māori

case-title = Pūrongo { $reference }
case-received = I tae mai
case-channel = Te ara mai
case-channel-web = puka
case-channel-api = API
case-channel-mail = īmēra
case-language = Reo
case-affected = I pāngia
case-affected-individual = He tangata
case-affected-organisation = He whakahaere
case-suggested = I marohitia
case-outcome = Putanga
case-answers = Ngā kōrero i tukuna
case-losses = Ngā ngaronga
case-loss-kind = Momo
case-loss-amount = Rahi
case-loss-date = Rā
case-loss-certainty = Te tūturu
case-loss-recovered = I whakahokia mai
case-kind-direct-financial = Moni
case-kind-data = Raraunga
case-kind-operational = I tū te mahi
case-kind-reputational = Ingoa pai
case-kind-technical = Pūrere, pūnaha rānei
case-certainty-stated = I kīia
case-certainty-estimated = I whakatauria tata
case-certainty-verified = Kua manatokohia
case-files = Ngā kōnae
case-files-note = Kāore he mea e huakina i konei. Ka tukuna te kōnae i roto i te pūranga whakamuna; ko tōna kupuhipa ko
case-files-name = Ingoa
case-files-type = Momo
case-files-size = Rahi
case-files-take = Tikiake pūranga
case-files-none = Kāore he kōnae.
case-observables = Ngā wāhitau, ngā hononga me ngā tau
case-observables-note = Kua whakamōrearea-koretia: kāore he mea i konei ka taea te pāwhiri pokerehū.
case-observables-none = Kāore i kitea tētahi.
kind-ip = Wāhitau IP
kind-domain = Rohe ipurangi
kind-url = Hononga
kind-email = Wāhitau īmēra
kind-hash = Waitohu kōnae
kind-phone = Waea
kind-wallet = Pūkoro matihiko
kind-account = Pūkete
case-contact = Whakapā
case-contact-none = Kāore he taipitopito whakapā: he muna, kāore i homai, kua mukua rānei.
case-contact-name = Ingoa
case-contact-email = Īmēra
case-contact-phone = Waea
case-consents = Ka taea te whakamōhio
case-consents-none = Kāore te kaipūrongo i whakaae ki tētahi tari.
case-consent-given = Āe
case-consent-withdrawn = Kua tangohia
case-mail = Ngā takinga īmēra
case-mail-subject = Kaupapa
case-mail-note = He taunakitanga mō te karere, ehara i te tohu mō te kaituhi.
case-messages = Ngā karere
case-messages-none = Kāore anō he mea i tuhia.
case-from-reporter = Kaipūrongo
case-waits = E tatarihia ana te whakautu
case-history = Hītori
case-when = Āhea
case-who = Nā wai
case-what = He aha
case-index = Tāuru rārangi
case-who-reporter = Kaipūrongo
case-who-partner = Hoa mahi
case-who-system = cairn
case-work = Mahia
case-assign = Kua tukua ki a
case-assign-save = Tukua
case-assign-me = Māku e mahi
case-assign-nobody = Whakahokia
case-category = Kāwai
case-category-save = Tautuhia te kāwai
case-severity-save = Tautuhia te taumahatanga
case-write = Tuhi ki te kaipūrongo
case-write-hint = Ka pānuihia e te kaipūrongo i te whārangi tūnga, i te reo i kōwhiria e ia: { $language }. Kāore ngā ingoa o ngā āpiha e whakaaturia.
case-write-waits = E tatari ana ahau ki te whakautu
case-write-send = Tukua te karere
case-write-empty = Tuhia he kōrero i te tuatahi.
case-write-long = Kia 10,000 pūāhua te mōrahi; e { $chars } ēnei.
case-close = Katia
case-close-choose = Kōwhiria he putanga
case-close-save = Katia te pūrongo
case-reopen = Huakina anō te pūrongo
case-closed-note = Kua kati tēnei pūrongo. Ka tuwhera anō ina tuhi mai te kaipūrongo, ina huakina rānei e koe.
case-erase = Mukua ngā taipitopito whakapā
case-erase-note = Ka mukua mō ake te ingoa, te wāhitau īmēra me te nama waea. Ka noho tika tonu te pūrongo me tōna rangitaki. Kāore e taea e te tangata i konei te tuhi, te waea rānei ki te kaipūrongo i muri iho.
case-erase-sure = Mukua, e tino hiahia ana au
case-erase-sure-first = Tohua te pouaka mehemea ka mukua mō ake ngā taipitopito whakapā
case-read-only = Ka taea e koe te pānui i tēnei pūrongo, engari kaua te mahi.
case-conflict = I konei tētahi atu i taua wā
case-conflict-note = Kāore anō āu mahi kia tiakina; kei raro tonu ngā mea i tāurua e koe. Mai i tō huakitanga o te whārangi, i pēnei:
case-refused = Kāore i taea tēnā
case-refused-note = Kua panoni te pūrongo, kāore rānei tāu i kōwhiri e wātea ana. Tirohia anō i raro.
case-chosen = Kōwhiria

event-received = I tae mai te pūrongo
event-reporter-wrote = I tuhi te kaipūrongo
event-officer-wrote = I tuhi te āpiha ki te kaipūrongo
event-file-added = I tāpirihia he kōnae
event-file-taken = I tikiakehia he kōnae
event-assigned = I tukua
event-categorised = I tautuhia te kāwai
event-severity-set = I tautuhia te taumahatanga
event-closed = I katia
event-reopened = I huakina anō
event-consent = I panoni te whakaaetanga
event-contact-erased = I mukua ngā taipitopito whakapā
event-account-created = I hangaia he pūkete
event-signed-in = I takiuru
event-password-changed = I panoni te kupuhipa
event-totp-enrolled = I whakaritea he pūmotuhēhē
event-recovery-used = I whakamahia he waehere whakaora
event-recovery-renewed = He waehere whakaora hou
event-session-ended = I mutu he wātū
event-role-changed = I panoni te tūranga mahi
event-account-disabled = I katia te pūkete
event-account-enabled = I huakina anō te pūkete
event-account-reset = I tautuhia anō te pūkete
event-api-key-created = I hangaia he kī API
event-api-key-revoked = I whakakorea he kī API
event-report-opened = I huakina te pūrongo
event-reports-exported = I kaweakehia ngā pūrongo
event-unknown = Tāuru kē

account-title = Tō pūkete
account-role = Tūranga mahi
account-password-title = Panonihia tō kupuhipa
account-password-present = Kupuhipa o nāianei
account-password-save = Panonihia te kupuhipa
account-password-wrong = Kāore i tika te kupuhipa o nāianei.
account-password-done = Kua panoni tō kupuhipa. Kua whakamutua ō wātū katoa atu.
account-sessions = Ō wātū
account-session-agent = Pūtirotiro
account-session-began = I tīmata
account-session-used = Whakamahinga whakamutunga
account-session-own = Ko tēnei
account-session-end = Whakamutua
account-sessions-end = Whakamutua ērā atu katoa
account-codes = Ngā waehere whakaora
account-codes-left =
    { $n ->
        [one] Kotahi te waehere whakaora e toe ana.
       *[other] E { $n } ngā waehere whakaora e toe ana.
    }
account-codes-renew = Hangaia he waehere hou
account-codes-note = Kātahi ka mutu te mahi a ngā mea tawhito.

role-officer = Āpiha
role-lead = Kaiārahi
role-administrator = Kaiwhakahaere
role-auditor = Kaiarotake
role-officer-does = ka mahi i ngā pūrongo
role-lead-does = ka mahi i ngā pūrongo, ka tuku ki ētahi atu, ka kaweake
role-administrator-does = ka whakahaere i ngā pūkete me ngā kī; kāore e kite i te pūrongo
role-auditor-does = ka pānui i ngā mea katoa, tae atu ki te rārangi arotake; kāore e panoni

accounts-title = Ngā pūkete
accounts-login = Ingoa takiuru
accounts-name = Ingoa
accounts-role = Tūranga mahi
accounts-state = Tūnga
accounts-made = I hangaia
accounts-change = Panonihia
accounts-active = Hohe
accounts-fresh = Kāore anō kia takiuru
accounts-no-totp = Kāore anō he pūmotuhēhē
accounts-disabled = Kua kati
accounts-own = Tō ake pūkete
accounts-role-save = Tautuhia te tūranga
accounts-disable = Katia te pūkete
accounts-enable = Huakina anō
accounts-reset = Tautuhia anō te takiuru
accounts-reset-note = Mā te tautuhi anō ka puta he kupuhipa tuatahi hou, ā, ka warewaretia te pūmotuhēhē. Ka mutu ngā wātū katoa.
accounts-new = Pūkete hou
accounts-login-hint = Kia 2 ki te 64 ngā pūriki, ngā mati me . _ - @, ka tīmata ki te pū.
accounts-create = Hangaia te pūkete
accounts-login-form = Whakamahia kia 2 ki te 64 o a–z, 0–9 me . _ - @, ka tīmata ki te pū.
accounts-login-taken = Kua tangohia kētia tēnei ingoa takiuru.
accounts-name-form = Tāurua he ingoa, kia 100 pūāhua te mōrahi.
accounts-role-choose = Kōwhiria he tūranga mahi.
accounts-first = Te kupuhipa tuatahi mō { $login }
accounts-first-note = Ka whakaaturia i tēnei wā anake. Hoatu ki te tangata mā te ara haumaru; me kōwhiri ia i tāna ake i te takiuru tuatahi.
accounts-back = Hoki ki ngā pūkete

keys-title = Ngā kī API
keys-why = Ka tuku pūrongo ngā hoa mahi mā te API me te kī. He kī motuhake tā ia hoa mahi.
keys-name = Hoa mahi
keys-made = I hangaia
keys-state = Tūnga
keys-live = E whakamahia ana
keys-revoked = I whakakorea { $day }
keys-revoke = Whakakorea
keys-none = Kāore anō he kī.
keys-new = Kī hou
keys-create = Hangaia te kī
keys-shown = Te kī mō { $name }
keys-shown-note = Ka whakaaturia i tēnei wā anake. Hoatu ki te hoa mahi mā te ara haumaru.
keys-back = Hoki ki ngā kī

jobs-title = Ngā mahi i hinga
jobs-why = Ko ngā mahi i whakamātauria maha ngā wā e cairn, ka waiho: hei tauira, ko ngā īmēra kāore i taea te tuku.
jobs-none = Kāore he mahi i waiho.
jobs-kind = Momo
jobs-attempts = Ngā whakamātau
jobs-error = Te hinganga whakamutunga
jobs-payload = E pā ana ki
jobs-again = Whakamātauria anō

audit-title = Rārangi arotake
audit-why = Ko ngā panonitanga tūnga katoa, ko ngā mea hou i mua, e ai ki te rārangi taunakitanga.
audit-account = Pūkete
audit-kind = Momo
audit-report = Tohutoro
audit-anyone = Te katoa
audit-any = Te katoa
audit-none = Kāore he tāuru e ōrite ana.
audit-older = Tawhito ake
audit-newest = Hou rawa

export-title = Kaweake pūrongo
export-why = Ko ngā mea e whakaaturia ana e ngā rārangi mō ia pūrongo, ko ngā mea hou i mua: kāore he whakautu, kāore he taipitopito whakapā. Ka tuhia ia kaweake ki te rārangi arotake.
export-format = Hōputu
export-button = Tikiake
export-columns = Ngā ihirangi o ngā tīwae
export-column = Tīwae
export-meaning = Tikanga
