# Ngā kōrero ki te kaipūrongo mā te īmēra, me ngā whakautu i mua i te tuku.

event-mail-came = Kua tae mai he īmēra

mail-sort-reporter = nā te kaipūrongo
mail-sort-other = nā tētahi atu
mail-sort-automatic = he whakautu aunoa
mail-sort-bounce = kāore tā mātou īmēra i tae

mail-by-mail = Mā te īmēra
mail-another-address = Nō tētahi wāhitau kāore mātou e tuhi ana ki reira: { $address }
mail-checks = DKIM { $dkim }, SPF { $spf }, DMARC { $dmarc }
mail-sent = I īmēratia { $at }
mail-sent-text = I īmēratia me ōna kupu { $at }
mail-bounced = Kāore i tae
mail-bounced-told = I rongo mātou { $at }. { $why }
mail-code = Waehere { $code }

mail-apart = Ngā īmēra o tēnei aho ehara nā te kaipūrongo
mail-apart-note = E whakautu ana te kaituhi i tētahi karere nā mātou, engari kāore i te wāhitau i tuhi ai mātou, kāore hoki te wāhitau muna o te aho. Kāore e whakaaturia ki te kaipūrongo.
mail-automatic = Ngā whakautu aunoa: { $count }
mail-others = Ngā īmēra i tukuna e te ratonga
mail-notice-acknowledge = Whakaaetanga
mail-notice-news = He kōrero hou
mail-notice-reply = Te whakautu a tētahi āpiha
mail-whole = Tīkina te karere katoa
mail-erased = Kua mukua

mail-why-mailbox = Kāore he pouaka mēra pēnā.
mail-why-full = Kī ana te pouaka mēra, kāore rānei e tango ana.
mail-why-large = He nui rawa te karere mōna.
mail-why-way = Kāore i taea te tūmau mēra o tērā taha.
mail-why-policy = I whakakāhoretia e te tūmau mēra o tērā taha.
mail-why-unknown = Kāore he take e mōhiotia ana e mātou.

reply-canned = He mea tuku auau
reply-canned-hint = Ka kōkuhuna i te reo o te kaipūrongo, kua whakakīia ōna āpure. Kāore he mea e tukuna.
reply-canned-none = Kōwhiria he whakautu
reply-insert = Kōkuhu
reply-mail-text = Tukua hoki ngā kupu mā te īmēra
reply-mail-text-hint = Tērā pea ka pānuitia te īmēra e ētahi atu i te ara, i muri mai rānei. Ki te kore, ka kī noa te īmēra kei te whārangi tūnga he whakautu.
reply-mail-note = Ka kī tētahi īmēra ki te kaipūrongo kei te whārangi tūnga he whakautu. Kāore ngā kupu i te īmēra.
reply-preview = Arokite
reply-gap = Whakakīia te āputa […] i te tuatahi, tangohia rānei.
reply-preview-title = Ka kitea e te kaipūrongo
reply-on-page = I te whārangi tūnga
reply-by-mail = Mā te īmēra
reply-no-mail = Kāore he īmēra e tukuna.
reply-mail-from = Nā
reply-mail-to = Ki
reply-mail-answers = Ngā whakautu ki
reply-mail-subject = Kaupapa
reply-masked = Kua hunaia
reply-masked-note = Kei te pūrongo ēnei, ā, tērā pea nā tētahi atu. Ka hunaia ki te kore koe e tohu. Tohua anake ngā mea me pānui te kaipūrongo.
reply-keep = { $what }: waiho kia pērā
reply-again = Whakaaturia anō
reply-change = Whakarerekētia ngā kupu
reply-phone = Tau waea
reply-email = Wāhitau īmēra
reply-number = Tau roa

event-imported = Kua tangohia mai i tētahi atu pūnaha
event-old-number = Tētahi atu nama i reira
event-old-entry = Kua tangohia mai tētahi tāurunga o tōna aho i reira

old-origin = I tangohia mai i
old-taken = I tangohia mai { $at }.
old-counted = Ka tatauria ki ngā tatauranga tūmatanui.
old-uncounted = Kāore e tatauria ki ngā tatauranga tūmatanui.
old-says = e kī ana i pā mai i { $at }
old-thread = Te aho i tērā atu pūnaha
old-thread-note = I tangohia mai pēnei i tōna āhua, e ai ki te raupapa o ōna ake wā. Kāore te kaipūrongo e kite i konei.
old-more = He tāurunga anō: { $count }
old-imported = kua kawemai
old-former = pūkete o mua
old-sort-correspondence = karere
old-sort-comment = kōrero
old-sort-change = panonitanga
old-sort-file = kōnae
old-sort-happening = takahanga
old-sort-task = mahi
old-sort-observable = tohu
old-sort-fields = ētahi atu āpure o te puna
