# Ngā wero tatauranga: te puka, te rārangi tūmatanui, ngā whakautu, me te taha o te tēpu.

challenge-title = Werohia tētahi tatauranga
challenge-lead = Kōrerotia ki te tari o { $plan } te mea e hē ana. E wātea ana ki te katoa, kāore he pūkete, kāore he ingoa e hiahiatia ana.
challenge-about = Ka werohia e koe
challenge-about-other = Mō tētahi atu mea kē
challenge-of-edition = putanga { $edition }
challenge-measure = Ine
challenge-goal = Whāinga
challenge-initiative = Kaupapa
challenge-figure = Mō te aha?
challenge-figure-hint = Tētahi ine, whāinga, kaupapa rānei o tēnei mahere
challenge-choose = Kōwhiria
challenge-wrong = He aha te hē?
challenge-wrong-hint = Kīia mai ko tēhea uara, tūnga, rerenga kōrero rānei, me te take e hē ana.
challenge-right = He aha te mea tika?
challenge-link = Kei hea tērā e kīia ana?
challenge-link-hint = Te wāhitau o tētahi whārangi, kōnae rānei, pērā i te https://example.org/table
challenge-name = Te ingoa hei whakaatu
challenge-name-hint = Ka kitea e te katoa i te taha o ō kupu. Ki te kore, ka kīia ko “tētahi tangata”.
challenge-email = Wāhitau īmēra mō te whakautu
challenge-email-hint = Kāore e tūmatanui, kāore hoki e kitea e te tari. Hei whakamōhio i a koe ki te whakautu anake, ka mukua ina pau tōna wā.
challenge-public = Ngā mea ka tūmatanui, me te wā
challenge-public-now = I taua wā tonu: kua werohia tēnei tatauranga, te rā, me te kore anō kia whakautua.
challenge-public-later = Ō kupu, te wāhitau me te ingoa: ina tirohia e tētahi o te tari, ka mutu hei te whakautu. Ki te kore e whakaaturia, ka kīia te take.
challenge-public-answer =
    { $days ->
        [one] Te whakautu: i te wā e tukuna ai, i roto i te rā kotahi.
       *[other] Te whakautu: i te wā e tukuna ai, i roto i ngā rā e { $days }. Ki te tōmuri, ka kitea e te katoa.
    }
challenge-public-never = Kore rawa: tō wāhitau īmēra.
challenge-send = Tukuna te wero
challenge-wrong-missing = Kīia mai he aha te hē
challenge-too-long = E { $chars } ngā pūāhua o tēnā; e { $max } te nuinga ka taea. Whakapotohia.
challenge-not-link = Homai he wāhitau ka tīmata ki te https://, ki te http:// rānei, waiho rānei kia pātea
challenge-not-email = Homai he wāhitau īmēra pērā i te name@example.org, waiho rānei kia pātea
challenge-figure-missing = Kōwhiria mō te aha

challenge-sent-title = Kua tae mai tō wero
challenge-sent-reference = Ko tōna tohutoro
challenge-sent-where = Ka taea e te katoa te whai i konei:
challenge-sent-due = Me whakautu i mua i te mutunga o { $day }.
challenge-sent-words = Ka whakaaturia ō kupu ki reira ina tirohia e tētahi o te tari.
challenge-sent-mail = Mēnā i waiho wāhitau koe, ka tae atu he īmēra ina whakautua.
challenge-sent-receipt = Tō rihīti
challenge-sent-receipt-text = Ka whakaatu te rihīti, me te kore e pātai ki a mātou, i tae mai ki a mātou tēnei wero tonu i tēnei wā. Ka taea te tirotiro ki te “cairn receipt verify”. Kotahi hāora e taea ai e tēnei pūtirotiro te tikiake.
challenge-sent-receipt-get = Tikiake i te rihīti

challenge-list-title = Ngā wero o { $plan }
challenge-list-figure = Ngā wero mō “{ $figure }”
challenge-list-lead = Ka taea e te hunga e ruarua ana ki tētahi tatauranga te kī mai. Ka whakautu tūmatanui te tari.
challenge-list-new = Werohia tēnei tatauranga
challenge-list-new-any = Werohia tētahi tatauranga
challenge-list-all = Ngā wero katoa o tēnei mahere
challenge-list-none = Kāore anō tētahi kia wero i tēnei.
challenge-list-machine = Mō ngā mīhini:
challenge-list-newest = Ngā wero hou rawa
challenge-back-figure = Hoki ki te tatauranga
challenge-back-plan = Hoki ki te mahere
challenge-open = Kāore anō kia whakautua
challenge-overdue = Tōmuri
challenge-answered = Kua whakautua
challenge-count-open = kāore anō kia whakautua
challenge-count-overdue = o ēnei kua tōmuri
challenge-count-answered = kua whakautua
challenge-count-median = ngā rā ki te whakautu (tau waenga)
challenge-count-aside =
    { $count ->
        [one] Kotahi atu kua whakatahia, nā te mea te āhua nei nā te mīhini i tuku. Ka tirohia e tētahi.
       *[other] E { $count } atu kua whakatahia, nā te mea te āhua nei nā te mīhini i tuku. Ka tirohia e tētahi.
    }
challenge-received-on = i tae mai { $day }
challenge-answered-on = i whakautua { $day }

challenge-one = Wero { $reference }
challenge-state = Tūnga
challenge-received = I tae mai
challenge-due = Te rā mō te whakautu
challenge-by = Nā
challenge-somebody = tētahi tangata
challenge-edition = Putanga
challenge-said = Te mea e kīia ana he hē
challenge-said-right = Te mea tika
challenge-said-link = Kei hea tērā e kīia ana
challenge-hidden = Kāore anō ngā kupu o tēnei wero kia whakaaturia: kāore anō tētahi o te tari kia titiro.
challenge-aside = Kua whakatahia, nā te mea te āhua nei nā te mīhini i tuku. Ka tirohia e tētahi.
challenge-withheld = Kāore ngā kupu o tēnei wero e whakaaturia ana. Ko te take a te tari:
challenge-answer = Te whakautu a te tari
challenge-answer-none = Kāore anō he whakautu. Ko { $day } te rā mutunga.
challenge-answer-late = Kāore anō he whakautu. Ko { $day } te rā mutunga.
challenge-answer-by = { $role } o te tari, { $day }
challenge-answer-more = He kōrero anō:
challenge-answer-language = i te reo Māori
challenge-answer-before =
    { $count ->
        [one] I whakatikaina te whakautu. Ngā kupu o mua
       *[other] E { $count } ngā whakatikanga o te whakautu. Ngā kupu o mua
    }
challenge-upheld = Kua whakaaetia
challenge-partly = Kua whakaaetia tētahi wāhanga
challenge-not-upheld = Kāore i whakaaetia
challenge-not-about-this = Ehara mō tēnei tatauranga
challenge-upheld-hint = E tika ana te kaiwero. Kīia he aha kua whakarerekētia, ka whakarerekētia rānei.
challenge-partly-hint = He tika tētahi wāhanga. Kīia ko tēhea, he aha hoki kua whakarerekētia, ka whakarerekētia rānei.
challenge-not-upheld-hint = Ka tū tonu te tatauranga. Kīia te take.
challenge-not-about-this-hint = Mō tētahi atu mea kē. Kīia kei hea te wāhi tika.

challenge-desk = Ngā wero
challenge-desk-lead = Ngā mea e ruarua ana ngā kaipānui o ngā rautaki. He tūmatanui te whakautu, me tō tūranga, kāore tō ingoa.
challenge-desk-open = Kāore anō kia whakautua
challenge-desk-open-none = Kua whakautua te katoa.
challenge-desk-aside = Kua whakatahia, nā te mīhini pea
challenge-desk-answered = Kua whakautua
challenge-desk-answered-none = Kāore anō tētahi kia whakautua.
challenge-desk-number = Wero
challenge-desk-figure = Tatauranga
challenge-desk-words = Ngā kupu
challenge-desk-words-hidden = Kāore anō kia whakaaturia
challenge-desk-words-shown = E whakaaturia ana
challenge-desk-words-withheld = E puritia ana
challenge-desk-next = Ngā mea o muri
challenge-desk-older = Ngā mea tawhito
challenge-desk-top = Hoki ki te tīmatanga
challenge-desk-public = Whārangi tūmatanui
challenge-desk-said = Ngā kupu i kīia
challenge-desk-mail-yes = I waiho wāhitau īmēra. Ka tae atu he īmēra ina whakautu koe.
challenge-desk-mail-no = Kāore he wāhitau īmēra e puritia ana.
challenge-desk-work = Ngā mahi
challenge-desk-read-only = Ka taea e koe te pānui, kāore te whakautu.
challenge-desk-release = Whakaaturia ngā kupu
challenge-desk-release-note = Ka kitea e te katoa i taua wā tonu. Kāore ngā hononga o roto e tuwhera.
challenge-desk-withhold = Kaua e whakaaturia ngā kupu
challenge-desk-withhold-title = Te kore e whakaatu i ngā kupu
challenge-desk-reason = Te take, mō te katoa
challenge-desk-reason-hint = Pērā i te: ka whakahua i tētahi tangata. Ka whakaaturia te take hei whakakapi i ngā kupu.
challenge-desk-reason-missing = Kīia te take e kore ai ngā kupu e whakaaturia
challenge-desk-answer = Whakautua
challenge-desk-answer-note = He tūmatanui te whakautu i taua wā tonu. Ka whakaaturia hoki ngā kupu a te kaiwero, ki te kore e puritia.
challenge-desk-correct = Whakatikaina te whakautu
challenge-desk-correct-note = Ka noho te whakautu hou hei whakakapi i tērā o mua, ka noho tonu tērā hei pānui i raro iho.
challenge-desk-outcome = Te hua
challenge-desk-outcome-missing = Kōwhiria te hua
challenge-desk-en = Te whakautu i te reo Pākehā
challenge-desk-mi = Te whakautu i te reo Māori
challenge-desk-text-hint = He rahi te reo kotahi. Kaua ngā ingoa tangata.
challenge-desk-text-missing = Tuhia te whakautu i te reo Pākehā, i te reo Māori rānei
challenge-desk-link = Hononga ki te panonitanga
challenge-desk-link-hint = Pērā i te putanga, i te uara kua whakatikaina: he wāhitau, he ara rānei o tēnei ratonga pērā i te /track/plan/changes.html
challenge-desk-not-link = Homai he wāhitau ka tīmata ki te https://, http://, / rānei, waiho rānei kia pātea
challenge-desk-send = Whakaputaina te whakautu
challenge-desk-send-correction = Whakaputaina te whakatikanga
challenge-desk-refused = Kāore i taea: kua rerekē te wero. Tirohia anō i raro nei.

challenge-who = Kaiwero
challenge-event-received = I tae mai te wero
challenge-event-released = I whakaaturia ngā kupu a te kaiwero
challenge-event-withheld = I puritia ngā kupu a te kaiwero
challenge-event-answered = I whakautua te wero
challenge-event-corrected = I whakatikaina te whakautu ki tētahi wero
challenge-event-contact-erased = I mukua te wāhitau a te kaiwero
