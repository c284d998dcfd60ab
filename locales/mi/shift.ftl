# Ngā whārangi āpiha: te whakawhitinga o ngā wā mahi.

shift-title = Wā mahi
shift-handover = Te tuku mahi
shift-note-no = Pitopito { $no }
shift-notes-none = Kāore anō kia tuhia he pitopito tuku mahi.
shift-notes-all = Ngā pitopito tuku mahi
shift-notes-folded =
    { $n ->
        [one] 1 te pitopito o mua atu
       *[other] { $n } ngā pitopito o mua atu
    }
shift-notes-older = Ngā pitopito tawhito ake
shift-notes-newest = Ngā pitopito hou rawa
shift-note-new = He aha ngā mea me mōhio te hunga e whai ake ana?
shift-note-hint = Ka huri hei hononga ngā tohutoro pērā i te ABCD-EFGH-J me te “kēhi 12”. Kaua he taipitopito whaiaro, mēnā ka taea. Kāore e taea te panoni i te pitopito; tuhia he mea hou hei whakatika.
shift-note-write = Tuhia te pitopito
shift-note-unread = He mea hou ki a koe
shift-note-read = Kua pānui au i te pitopito { $no }
shift-read-by = I pānuitia e
shift-read-by-nobody = Kāore anō kia pānuitia e tētahi
shift-note-corrects = He whakatika i te pitopito { $no }
shift-note-corrected = Kua whakatikahia e te pitopito { $no }
shift-note-withdrawn = Kua unuhia
shift-note-correct-no = Whakatikahia te pitopito { $no }
shift-note-correct-label = Te kōrero tika o te pitopito { $no }
shift-note-correct-hint = Ka noho tēnei hei pitopito hou hei whakakapi. Ka mau tonu te mea o mua hei pānui.
shift-note-withdraw-no = Unuhia te pitopito { $no }
shift-note-withdraw-hint = Ka mau tonu hei pānui, ā, ka tohua kia kaua tētahi e mahi i runga i tāna kōrero.
shift-note-erase-no = Mukua te kuputuhi o te pitopito { $no }
shift-note-erase-hint = Ka ngaro ngā kupu mō ake tonu atu. Ka mau tonu i te hītori i tuhia he pitopito, nā wai, nōnahea.
shift-no-such = Kāore he pitopito pērā.
shift-not-own = Mā te kaituhi anake o te pitopito e whakatika. Tuhia he pitopito nāu ake.
shift-own = Nāu tonu tēnei pitopito i tuhi.
shift-corrected-meanwhile = Kua whakatikahia kētia taua pitopito. Pānuitia te whakatika; kei konei tonu tāu i tuhi, ā, ka noho hei pitopito hou.
shift-withdrawn-meanwhile = Kua unuhia kētia taua pitopito. Kei konei tonu tāu i tuhi, ā, ka noho hei pitopito hou.
shift-erased-meanwhile = Kua mukua kētia te kuputuhi o taua pitopito. Kei konei tonu tāu i tuhi, ā, ka noho hei pitopito hou.
shift-try-again = He tokomaha i tuhi i te wā kotahi, ā, kāore tēnei i tiakina. Kei konei tonu tāu i tuhi: tukuna anō.
shift-at-least = { $n }, neke atu rānei
shift-clocks-missed = Kua hipa
shift-clocks-shift = Ka pau i roto i te 8 hāora
shift-clocks-day = I muri iho, i roto i te 24 hāora
shift-clocks-three-days = I muri iho, i roto i te 72 hāora
shift-load = Kei a wai te aha
shift-load-note = Ngā pūrongo me ngā kēhi tuwhera, kei a wai. Ko ngā mea “kāore anō kia whakautua” ko ērā kāore anō he whakautu tuatahi engari i waiho mai he ara e tukuna ai; ko ngā mea “e tatari ana” ko ērā i ui ai mātou ki te kaipūrongo.
shift-who = Āpiha
shift-open-reports = Ngā pūrongo tuwhera
shift-waiting = E tatari ana ki te kaipūrongo
shift-unanswered = Kāore anō kia whakautua
shift-oldest = Te pūrongo tawhito rawa
shift-open-cases = Ngā kēhi tuwhera
shift-overdue = Ngā karaka kua hipa
shift-ages = Te pakeke o ngā pūrongo tuwhera
shift-ages-note = Ngā rā mai i te taenga mai o te pūrongo, e ai ki te maramataka o konei: ko te pakeke o te mea i tae mai i tēnei rā he 0.
shift-age-today = I tēnei rā
shift-age-days =
    { $from ->
        [one] 1 ki te { $to } rā
       *[other] { $from } ki te { $to } rā
    }
shift-age-or-more = { $from } rā, neke atu rānei
shift-all = Te katoa
shift-answer-title = Te wā ki te whakautu tuatahi
shift-answer-definition = Ko te whakautu tuatahi ko te karere tuatahi a te āpiha ki te kaipūrongo, ko te katinga rānei o te pūrongo, ko tēhea i mua; kāore e tatauria te mea i whakakorea. Ka tīmata te wā i te taenga mai o te pūrongo, ā, ka tatauria ki te rārangi o te wā i tukuna ai te whakautu. Kāore te haurua o ngā tāngata i tatari kia roa ake i te wā tuatahi, kāore hoki te iwa i roto i te tekau i tatari kia roa ake i te wā tuarua.
shift-answer-apart = Ka tū motuhake ngā pūrongo kāore ō rātou taipitopito whakapā: ka pānuitia te whakautu i te whārangi tūnga anake, ā, mō ngā mea muna, ko te hāora i tae mai ai anake ka puritia.
shift-answer-newest = O ngā whakautu hou rawa { $n }; he nui ake anō.
shift-window = I roto i
shift-window-day = ngā hāora 24 kua hipa
shift-window-week = ngā rā e 7 kua hipa
shift-window-quarter = tēnei hauwhā tau
shift-answers = Ngā whakautu tuatahi
shift-median = Te haurua i roto i
shift-p90 = Te iwa i te tekau i roto i
shift-still-unanswered = I tae mai, kāore anō kia whakautua
shift-answers-apart = Karekau he taipitopito whakapā: ngā whakautu
shift-unanswered-apart = Karekau he taipitopito whakapā: kāore anō kia whakautua
shift-quarter = Te hauwhā { $quarter } o { $year } tae noa mai ki nāianei
shift-quarter-definition = Ngā pūrongo i tae mai nō { $since }, mā te kāwai kei a rātou ināianei, me te maha o ēnei kua kati.
shift-quarter-closed = I katia mai i taua wā, ahakoa nōnahea i tae mai, ā, kāore i huakina anō: { $n }.
shift-quarter-internal = He tatauranga ēnei nō roto mā ngā āpiha: o ngā pūrongo katoa, tae atu ki ērā nō te pūrere pea, ki te paraurehe me ngā tārua, ā, kāore he mea e hunaia ana. Kaua e tukuna pēnei ki waho. Ko ngā tatauranga tūmatanui ka tatau i ngā maiki mā ngā whakamāramatanga kua tuhia, ka huna i ngā tau iti, ā, ka panoni kotahi i te rā.
shift-quarter-public = Ngā tatauranga tūmatanui
shift-received = I tae mai
shift-closed = Kua kati o ēnei
shift-not-closed = E tuwhera tonu ana
shift-export = Tangohia ngā tatauranga
shift-export-note = Ngā tatauranga o tēnei whārangi hei kōnae, kāore ngā pitopito. Nō roto ēnei: kāore e hunaia ana ngā tau iti.
shift-export-csv = Ngā tatauranga hei CSV
shift-export-json = Ngā tatauranga hei JSON
shift-made-at = I tatauria i te { $when }.
shift-event-written = I tuhia he pitopito tuku mahi
shift-event-read = I pānuitia he pitopito tuku mahi
shift-event-withdrawn = I unuhia he pitopito tuku mahi
shift-event-erased = I mukua te kuputuhi o tētahi pitopito tuku mahi
