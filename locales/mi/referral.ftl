### Te tuku pūrongo ki ngā umanga hoa mahi.

referral-title = Ngā tukunga
referral-one = Tukunga { $no }
referral-of = Tukunga { $no } o te pūrongo { $reference }
referral-none = Kāore tēnei pūrongo i tukuna ki tētahi umanga.
referral-list-none = Kāore he tukunga e hāngai ana.
referral-list-lead = Ngā mea kua tukuna ki ngā umanga hoa mahi, ko ngā pūrongo hou i te tuatahi.
referral-new = Tukuna ki tētahi umanga
referral-new-law = Tukuna i runga i te take ā-ture
referral-new-note = Kōwhiria ka tukuna te aha ki a wai. Kāore anō he mea kia wehe: ka whakaatu te whārangi e whai ake i ngā mea tonu ka haere.
referral-new-none = Kāore te kaipūrongo e whakaae ana ki tētahi umanga kāore anō kia tukuna atu.
referral-law-note = Kāore he whakaaetanga a te kaipūrongo. Ka tuhia, ka whakaaturia me ō kupu, ā, ka pānui te kaipūrongo i te whārangi tūnga i mahia tēnei.
referral-agency = Umanga
referral-agency-choose = Kōwhiria he umanga
referral-any-agency = Ngā umanga katoa
referral-any-state = Ngā tūnga katoa
referral-channel = Me pēhea te tuku
referral-channel-handed = Ka hoatu e tētahi āpiha
referral-channel-handed-hint = Ka tangohia e koe te mōkihi, ka hoatu, he mea tā, he mea kei runga pūrere pupuri rānei.
referral-channel-api = Ka tikina e te umanga mā tōna kī API
referral-channel-choose = Kōwhiria me pēhea te tuku
referral-contact = Ka haere ngatahi ngā taipitopito whakapā o te kaipūrongo
referral-files = Ngā kōnae ka haere ngatahi
referral-prepare = Whakaritea
referral-law = Whakaritenga ture
referral-law-choose = Kōwhiria te umanga me te whakaritenga ture
referral-why = He aha i hāngai ai
referral-why-wrong = Whakamāramahia he aha i hāngai ai, kia kaua e nui ake i te { $max } pūāhua
referral-state = Tūnga
referral-state-prepared = Kua whakaritea
referral-state-sent = Kua tukuna
referral-state-acknowledged = Kua whakaūngia
referral-state-answered = Kua whakautua
referral-state-withdrawn = Kua unuhia
referral-late = Kua tōmuri
referral-to-tell = Whakamōhiotia te umanga: kua tangohia te whakaaetanga
referral-only-late = Ko ngā mea tōmuri anake
referral-basis = Te take e taea ai te tuku
referral-basis-consent = I whakaae te kaipūrongo
referral-prepared = I whakaritea
referral-sent = I tukuna
referral-due = Te rā e tatari ana ki te whakautu
referral-reference = Te tohutoro a te umanga
referral-outcome = Te kōrero a te umanga
referral-outcome-accepted = Kei te mahia
referral-outcome-declined = I whakakāhoretia
referral-outcome-no-further-action = Kāore he mahi anō
referral-outcome-resolved = Kua oti te whakahaere
referral-outcome-choose = Kōwhiria te kōrero a te umanga
referral-chases = I pātaihia anō
referral-times = { $n ->
    [one] kotahi te wā
   *[other] e { $n } ngā wā
}
referral-goes = Ngā mea ka haere
referral-went = Ngā mea ka haere ināianei
referral-goes-contact = Ka haere ngatahi ngā taipitopito whakapā.
referral-goes-no-contact = Kāore he taipitopito whakapā e haere ngatahi.
referral-goes-none = Kāore he kōnae e haere ngatahi.
referral-goes-summary = Pānuitia, tāngia te whakarāpopototanga
referral-goes-report = report.json
referral-goes-defanged = Kua whakamatea ngā hononga me ngā wāhitau i konei. Kei te ora i roto i te mōkihi, mā ngā mīhini a te umanga; kua whakamatea hoki i tōna whakarāpopototanga.
referral-goes-manifest = manifest.json
referral-digest = SHA-256 o te rārangi kai-roto
referral-digest-sent = SHA-256 o te rārangi kai-roto i te tukunga
referral-changed = Ehara tēnei i te mea i tukuna: kua mukua, kua panonihia rānei tētahi wāhanga o te pūrongo mai i taua wā.
referral-take = Tangohia te mōkihi
referral-take-note = He kōnae zip. Ka tuhia i tangohia e koe, me tōna tapeke taki. Ko ngā kōnae a te kaipūrongo kei raro i te kupuhipa
referral-take-first = Tangohia te mōkihi i te tuatahi. Mēnā kua panoni te pūrongo, tangohia anō.
referral-send-handed = Kua hoatu
referral-send-api = Tukuna kia tikina e te umanga
referral-send-note = Ka taea e koe te whakakore i roto i te { $seconds } hēkona. I muri i tērā ka pānui te kaipūrongo kua tukuna atu.
referral-withdraw = Unuhia
referral-acknowledge = Kei te umanga ināianei
referral-acknowledge-save = Puritia te tohutoro
referral-answer = Kua whakautu te umanga
referral-answer-words = Ērā atu o ōna kōrero
referral-answer-save = Puritia te whakautu
referral-chase = Pātaihia anō te umanga
referral-chase-how = I pēhea tō pātai, ā, i ahatia
referral-chase-save = Puritia tō pātai
referral-remind = Tukuna tēnei whakamaumahara
referral-remind-note = Ka tukuna inamata, ā, ka tīmata anō ngā rā. Mā te umanga anake e pānui mēnā e mōhiotia ana tana kī.
referral-tell = Kāore te kaipūrongo e whakaae ināianei
referral-tell-note = I tukuna i mua i tērā. Whakamōhiotia te umanga, māna e whakatau me aha ngā mea kei a ia, ka tuhi ai ki konei kua oti.
referral-tell-how = Ko wai i whakamōhiotia, ā, i pēhea
referral-tell-save = Puritia te whakamōhiotanga
referral-text-wrong = Tuhia kia 1 ki te { $max } pūāhua
referral-history = Ngā mea i pā
referral-words = Ngā kupu
referral-waiting = Ngā tukunga e tatari ana ki a koe
referral-waiting-late = { $n ->
    [one] Kotahi te tukunga kua tōmuri
   *[other] E { $n } ngā tukunga kua tōmuri
}
referral-waiting-tell = { $n ->
    [one] Kotahi te umanga me whakamōhio kua kore te kaipūrongo e whakaae
   *[other] E { $n } ngā umanga me whakamōhio kua kore te kaipūrongo e whakaae
}
referral-counts = Tēnei hauwhā me ngā mea e toru o mua
referral-counts-note = Ka tatauria ngā pūrongo i tae mai i tēnei wā. Ko te pūrongo i tukuna ki ngā umanga e rua, he pūrongo kotahi, he tukunga e rua: kaua ngā tīwae e rua e tāpirihia, kaua hoki ngā pūrongo a ngā umanga maha.
referral-counts-reports = Ngā pūrongo kotahi neke atu te tukunga
referral-counts-referrals = Ngā tukunga
referral-counts-all = Ngā umanga katoa
referral-report = Pūrongo

referral-no-consent = Kāore te kaipūrongo e whakaae ana ki tēnei umanga
referral-already = He tukunga kē ki tēnei umanga
referral-limit = Kua eke tēnei pūrongo ki tōna tepe tukunga
referral-no-file = Kua kore tētahi kōnae
referral-no-contact = Kāore he taipitopito whakapā
referral-erased = Kua mukua ngā kōrero o tēnei pūrongo
referral-not-now = Kāore tēnei e taea i te tūnga o te tukunga ināianei

referral-step-prepared = I whakaritea
referral-step-taken = I tangohia te mōkihi
referral-step-sent = I tukuna
referral-step-acknowledged = I whakaūngia e te umanga
referral-step-answered = I whakautua e te umanga
referral-step-chased = I pātaihia anō te umanga
referral-step-withdrawn = I unuhia
referral-step-told = I whakamōhiotia te umanga kua tangohia te whakaaetanga
event-referral = Tukunga

status-passed-on = Ki a wai i tukuna ai
status-passed-on-by-law = I whakaaetia tēnei e te ture, ahakoa kāore koe i whakaae.

search-help-referred = I tukuna ki tēnei umanga: { $codes }, me ētahi atu. Ki te tuaruatia, ko ngā mea e rua.
search-help-referral = He tukunga kua prepared (whakaritea), sent (tukuna), acknowledged (whakaūngia), answered (whakautua), withdrawn (unuhia), overdue (tōmuri) rānei.

keys-agency = Te umanga ka tiki tukunga mā tēnei
keys-agency-none = Kāore: he tuku pūrongo anake te mahi a te kī
keys-agency-of = Ka tiki mō
agency-title = Ngā tari hoa
agency-lead = Me pēhea ngā mōkī e tae ai ki ia tari mā te īmēra, me te kī OpenPGP e hīritia ai.
agency-one = Tari
agency-mail = Wāhitau mō ngā mōkī
agency-no-mail = Kāore: kāore he mea e tukuna mā te īmēra
agency-key = Tapumati o te kī e whakamahia ana
agency-no-key = Kāore he kī e whakamahia ana.
agency-key-state = Tū
agency-keys = Ngā kī
agency-keys-note = Ka hīritia ngā mōkī ki te kī hou rawa kua whakatauritea tōna tapumati mā tētahi atu ara. Ka noho te mea hou hei whakakapi i tērā o mua.
agency-keys-care = Me titiro ngā kī o ngā tari
agency-key-in-use = Ka hīritia ngā mōkī ki tēnei
agency-key-waits = E tatari ana kia whakatauritea
agency-key-ends-in =
    { $n ->
        [one] Ka mutu i roto i te rā kotahi
       *[other] Ka mutu i roto i ngā rā e { $n }
    }
agency-key-until = ka mau tae noa ki { $when }
agency-key-data = Nō ngā raraunga o te tari
agency-key-dropped-by = kua whakamutua i te { $when } e
agency-key-bring = Mauria mai he kī
agency-key-bring-hint = Ko te kī tūmatanui o te tari hei kuputuhi, mai i BEGIN ki END. Ka whakamahia anake kia whakatauritea rā anō tōna tapumati.
agency-key-compared = Kua whakatauritea e au tēnei tapumati mā tētahi atu ara
agency-key-compared-hint = Mā te waea ki tētahi e mōhio ana koe i reira, i runga pepa rānei: kaua mā te īmēra i mau mai ai te kī.
agency-key-confirm = Whakamahia tēnei kī
agency-key-drop = Whakamutua te whakamahi
agency-key-unusable = Ehara tēnei i te kī tūmatanui e taea ai te whakamuna ināianei. Tāpia te katoa, mai i BEGIN ki END.
agency-key-other = Whakatauritea te tapumati i te tuatahi, ka tohu i te pouaka.
event-agency-key-came = I mauria mai te kī o tētahi tari
event-agency-key-confirmed = I whakatauritea te kī o tētahi tari
event-agency-key-dropped = I whakamutua te kī o tētahi tari
