# Ngā pānui ki ngā kaipupuri pūrere: ngā whārangi a ngā āpiha, me te whārangi e kitea ana e ngā kaipupuri mā tā rātou hononga.

told-title = Ngā pānui
told-lead = He aha ngā kōrero ki ngā kaipupuri pūrere, he aha ā rātou whakautu, ā, e hia te roa kia ngaro te mea i kitea.
told-rules = Pukapuka ture
told-why = He aha i whākina ai, kāore ai rānei?
told-none = Kāore he pānui e hāngai ana.
told-list = Ngā pānui, ko te hou i mua
told-number = Tau
told-owner = Kaipupuri
told-class = Momo
told-state = Tūnga
told-rows = Rārangi
told-answers = Whakautu
told-made = I hangaia
told-any-state = tūnga katoa
told-older = Ngā mea tawhito ake
told-waiting-count = { $count ->
    [one] Kotahi te pānui e tatari ana kia whakaaetia.
   *[other] E { $count } ngā pānui e tatari ana kia whakaaetia.
}
told-state-waiting = e tatari ana kia whakaaetia
told-state-ready = ka haere ināianei
told-state-sent = kua tukuna
told-state-returned = kāore i tae
told-state-dropped = kāore i whakaaetia
told-held = Ngā mea hei whāki e tatari ana
told-held-note = Ka tirohia anō ia mea i ia hēkona torutoru.
told-held-owners = Kaipupuri
told-held-rows = Kitenga
told-reason = He aha ai
told-tallies = Ngā whakatau mō ngā pūrongo hou
told-report = Pūrongo
told-why-due = ka whākina i te pānui e whai ake nei
told-why-told = kua whākina
told-why-no-owner = kāore he kaipupuri
told-why-no-rule = kāore he ture e hāngai ana
told-why-rule = e kī ana tētahi ture kia kaua e whākina
told-why-no-contact = kāore he tangata whakapā o tēnei tūranga me tētahi pouaka mēra
told-why-bounced = i whakahokia mai ngā īmēra ki ngā tāngata whakapā
told-why-disabled = kaua e tuhi ki ngā tāngata whakapā
told-why-no-key = me whakamuna nā tōna tapanga, engari kāore he kī, he tiwhikete rānei e pai ana
told-why-interval = nō nakua noa i whākina
told-why-quiet = ngā hāora mārire o te kaipupuri
told-why-cap = kua tae ki te nui o ngā īmēra mō te hāora
told-why-approval = e tatari ana kia whakaaetia, kāore rānei i whakaaetia
told-why-answered = i kī te kaipupuri ehara i a ia, kāore rānei i tika
told-why-gone = kua ngaro
told-times = Mai i te pānui ki te ngaronga
told-times-note = Ka tatauria mai i te haerenga o te pānui tae noa ki te pūrongo katoa tuatahi kāore nei te rārangi i roto, ki te paunga rānei o tōna wā. Nō ngā rā 365 kua hipa.
told-times-none = Kāore anō tētahi mea i whākina kia ngaro.
told-what = Mō te aha
told-gone = Kua ngaro
told-open = Kei reira tonu
told-median = Waenga
told-p90 = 9 o te 10 i roto i
told-all = Katoa
told-minutes = { $count ->
    [one] kotahi meneti
   *[other] { $count } meneti
}
told-hours = { $count ->
    [one] kotahi hāora
   *[other] { $count } hāora
}
told-days = { $count ->
    [one] kotahi rā
   *[other] { $count } rā
}
told-one = Pānui { $number }
told-sees = Ko tā te kaipupuri e kite ai
told-subject = Kaupapa
told-contact = Tangata whakapā
told-contact-no = tangata whakapā { $no }
told-how = Te ara i haere ai
told-medium-mail = mā te īmēra, me ngā rārangi
told-medium-portal = mā te īmēra e arahi noa ana ki konei
told-file = Te kōnae me ngā rārangi katoa
told-label = Tapanga
told-version = Putanga { $no } o te pukapuka ture
told-sealing = Whakamarumaru
told-sealing-encrypted = kua whakamunatia, kua hainatia
told-sealing-smime = kua whakamunatia, kua hainatia mā te S/MIME
told-sealing-smime-unsigned = kua whakamunatia mā te S/MIME, kāore i hainatia
told-sealing-signed = kua hainatia
told-sealing-plain = kāore i whakamarumarutia
told-row = Rārangi
told-part = Wāhanga
told-part-new = hou
told-part-still = kei reira tonu
told-part-gone = kua ngaro
told-seen = I kitea
told-asset = He aha
told-found = Kitenga
told-source = Nō hea
told-now = Ināianei
told-now-open = kei reira tonu
told-now-gone = kua ngaro
told-now-gone-at = kua ngaro, { $when }
told-no-answer = kāore he whakautu
told-answer = Whakautu
told-answer-fixed = kua whakatikaina
told-answer-not-ours = ehara i a mātou
told-answer-working = kei te mahia
told-answer-false = kāore i tika
told-said = Ngā whakautu a te kaipupuri
told-said-none = Kāore anō he whakautu.
told-said-all = ngā rārangi katoa: { $answer }
told-said-row = rārangi { $row }: { $answer }
told-history = Ngā mahi
told-approve-note = { $needs ->
    [one] Me whakaae tētahi tangata ki tēnei pānui i mua i te tukunga.
   *[other] Me whakaae ngā tāngata rerekē e { $needs } ki tēnei pānui i mua i te tukunga.
}
told-approve-have = Tae mai ki nāianei: { $have }.
told-approve = Whakaaetia
told-drop = Kaua e tukuna
told-drop-note = E kore rawa e haere, ā, kāore e whākina ōna mea i te wā e mau tonu ana.
told-own = Kua whakaae kē koe; me whakaae hoki tētahi atu.
told-refused-not-waiting = Kāore tēnei pānui e tatari ana kia whakaaetia.
told-refused-not-sent = Kāore tēnei pānui i haere.
told-refused-limit = He nui rawa ngā whakautu ki tēnei pānui.
told-refused-moved = I panonihia tēnei pānui e tētahi atu. Tirohia anō.
told-event-made = I hangaia he pānui
told-event-approved = I whakaaetia he pānui
told-event-dropped = Kāore i whakaaetia he pānui
told-event-sent = I tukuna he pānui
told-event-returned = Kāore he pānui i tae
told-event-answered = I whakautu te kaipupuri
told-event-gone = Kua ngaro tā te pānui i whāki ai
told-count-rows = { $count ->
    [one] kotahi te rārangi
   *[other] { $count } ngā rārangi
}
told-why-lead = He wāhitau, he ingoa, he URL rānei: nō wai, he aha ngā whakatau, ā, he aha i whākina ai ki tōna kaipupuri, kāore ai rānei.
told-why-field = Wāhitau, ingoa, URL rānei
told-why-ask = Tirohia
told-why-nothing = Kāore he whakatau: kāore he pūrongo i whakahua i a ia i te wā e kā ana te pukapuka ture, he kaipupuri hoki tōna.
told-why-nobody = Kāore he kaipupuri: kāore tētahi e whākina.
told-judged = Ngā whakatau
told-judged-at = I whakatauria
told-rule = Ture
told-book-lead = He tuhinga kotahi me ngā ture katoa, ka pānuitia mai i te tuatahi ki te whakamutunga: ko te ture tuatahi e hāngai ana te mea whakatau. Ka whakamātauria ki ngā mea i tae mai, ā, mā te tangata tuarua e whakakā i ngā wā katoa.
told-book-none = Kāore anō he pukapuka ture. Kāore tētahi e whākina.
told-book-now = Ngā ture
told-book-tells = ka whāki i te { $class }
told-book-silent = kāore e whāki: { $reason }
told-book-limits = Kia { $mails } ngā īmēra i te hāora i te nuinga. Mai i te { $approve } rārangi me whakaae ngā tāngata tokorua. Ki te nui ake i te { $stop } ngā rārangi hou i te wā kotahi, ka weto te pukapuka. Ko ngā rārangi o te tapanga { $label }, o runga ake rānei, ka whakamunatia, kāore rānei e haere.
told-book-tester = Ka haere ngā mea katoa ki { $tester } i te tuatahi.
told-book-roles = ki { $roles }, { $format }, ia { $hours } hāora
told-book-text = Tuhinga
told-book-hint = TOML: [[rule]] me te name, te when, me te tell, te silent rānei. Tirohia ngā tuhinga mō ngā feeds.
told-book-write = Tiakina hei putanga hou
told-book-change = Tuhia he putanga hou
told-book-unread = Kāore tēnei papatono e taea te pānui i tēnei putanga. Kāore he mahi i oti.
told-trial-note = He aha ka whākina o ngā mea i tae mai i ngā rā { $days } kua hipa. Kāore he mea e tukuna.
told-trial-result = { $looked } ngā kitenga i tirohia; { $told } ngā mea rerekē ka whākina; { $nobody } kāore he kaipupuri.
told-trial-more = He maha atu; ko ngā mea hou i tirohia.
told-trial-beyond = { $count ->
    [one] Kotahi atu te rārangi kāore e whakaatuhia.
   *[other] { $count } atu ngā rārangi kāore e whakaatuhia.
}
told-trial-result-caption = Ko wai ka whākina, he aha ai kāore
told-trial-would = ka whākina
told-mine-title = Pānui { $number }
told-mine-lead = Ngā pūrongo a ngā mīhini mō { $owner }. Tēnā, kōrero mai mō te otinga o ia rārangi.
told-mine-closed = Kāore tēnei hononga e huaki i tētahi mea
told-mine-closed-text = Kāore i tika te hononga, kua kore rānei e tika. Huakina anō pērā i te īmēra, te katoa.
told-mine-file = Tikiake i ngā rārangi katoa
told-mine-all = Mō ngā rārangi katoa
told-mine-each = Ia rārangi
told-mine-each-hint = He nui ake te mana o tāu kōwhiringa mō te rārangi i tāu mō te katoa.
told-mine-choose = kāore he whakautu
told-mine-of = Whakautu ki te rārangi { $row }
told-mine-note = He kōrero anō
told-mine-note-hint = Kia { $chars } ngā pūāhua i te nuinga. Ka pānuitia e ngā āpiha.
told-mine-send = Tukuna te whakautu
told-mine-thanks = Ngā mihi. Kua tae mai tō whakautu.
told-mine-empty = Kōwhiria he whakautu, tuhia rānei he kōrero.
told-mine-long = He roa ake i te { $chars } pūāhua.
told-mine-before = Ō whakautu tae mai ki nāianei
told-mine-many = He nui rawa ngā whakautu ki tēnei pānui. Tēnā, whakautua mā te īmēra.
