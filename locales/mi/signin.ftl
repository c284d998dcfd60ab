# Ngā huarahi takiuru atu i te kupuhipa: ngā kī uru, me te kaiwhakarato OpenID Connect.

passkey-one = Kī uru
passkey-title = Ngā kī uru
passkey-signin = Takiuru mā te kī uru
passkey-what = Mā te kī uru e tuwhera ai te tēpu mahi ki tō matimati, ki tō kanohi, ki te PIN rānei o tō pūrere. Ka tū hei kupuhipa, hei waehere hoki, ā, ka mahi ki tēnei pae anake, nō reira e kore e taea te tinihanga i a koe kia hoatu.
passkey-none = Kāore anō ō kī uru.
passkey-name = Ingoa o te kī uru
passkey-name-hint = Kia mōhio ai anō koe, pērā i te ingoa o te pūrere.
passkey-name-form = Tāurua he ingoa, kia 60 ngā pūāhua te nui rawa.
passkey-added = I tāpirihia
passkey-unused = Kāore anō kia whakamahia
passkey-change = Panonihia
passkey-rename = Tapaina anō
passkey-remove = Tangohia te kī uru
passkey-add = Tāpirihia he kī uru
passkey-suspect = Kua aukatia
passkey-suspect-note = Tērā pea he tārua o te kī uru kua aukatia: i hoki whakamuri tana tatau. Kāore he tangata e uru mā reira. Tangohia, tāpirihia he mea hou, ka whakamōhio i tō kaitiaki haumarutanga.
passkey-many = E 20 ō kī uru, koinā te nui rawa ka taea. Tangohia tētahi i te tuatahi.
passkey-failed = Kāore te kī uru i whakamahia. Ki te kore nāu i whakamutu, whakamātau anō, whakamahia rānei tētahi atu huarahi.
passkey-wrong = Kāore tēnei kī uru i whakaaetia. Whakamahia tētahi atu, tētahi atu huarahi takiuru rānei.
passkey-not-added = Kāore te kī uru i tāpirihia: kāore i tika te kōrero a te pūrere. Whakamātau anō.
passkey-ended = He roa rawa tēnei, kua oti kētia rānei. Whakamātau anō.
passkey-script = Me whai hōtuhi ngā kī uru, ā, kua weto ērā i tō pūtirotiro.
passkey-nowhere = Kāore e taea ngā kī uru i tēnei wāhitau o te ratonga: ka whakaae ngā pūtirotiro i ngā wāhitau https whai ingoa anake.
passkey-by-ip = Kāore ngā pūtirotiro e whakaae i te kī uru i te wāhitau he tau anake. Huakina te ratonga mā tōna ingoa:
passkey-provider-first = Mā te kaiwhakarato takiuru tō pūkete e whakaae. Takiuru ki reira i te tuatahi; ko tō kī uru te hipanga tuarua.
passkey-second-title = Whakamahia tō kī uru
passkey-second-why = Kāore he taupānga pūmotuhēhē a tō pūkete, nō reira ko tō kī uru te hipanga tuarua. Ki te ngaro, tonoa tētahi kaiwhakahaere kia tautuhi anō i tō takiuru.

ways-title = Ngā huarahi takiuru
ways-confirm = Whakaūngia ko koe tonu tēnei, kia panoni ai ērā
ways-last = Koinei tō huarahi takiuru whakamutunga. Tāpirihia tētahi atu i te tuatahi.
ways-must-add = Mō te ohotata anake ngā kupuhipa i konei. Tāpirihia he kī uru, honoa rānei tō pūkete i mua i tō haere tonu; mai i reira kāore tō kupuhipa e whakaaetia.
ways-emergency = Ka whakaaetia te kupuhipa i konei mō tō takiuru tuatahi me te pūkete ohotata anake. Atu i tērā whakamahia ērā atu huarahi.

confirm-title = Whakaūngia ko koe tēnei
confirm-why = Kei te panoni koe i te āhua o tō takiuru. Ka mau tēnei mō te rima meneti.
confirm-button = Whakaūngia
confirm-passkey = Whakaūngia mā te kī uru

oidc-way = kaiwhakarato takiuru
oidc-signin = Takiuru mā { $name }
oidc-connect = Honoa ki { $name }
oidc-disconnect = Wetekina te hononga
oidc-connected = Kua honoa mai i { $when }.
oidc-used = Whakamahinga whakamutunga: { $when }.
oidc-not-connected = Kāore i honoa.
oidc-onward = Haere ki { $name }
oidc-arrived = Kua hoki mai koe
oidc-failed = Kāore i oti te takiuru
oidc-no-access = Kāore ō āheinga
oidc-back = Hoki ki te takiuru
oidc-ended = He roa rawa tēnei takiuru, i tīmata i tētahi atu pūtirotiro, kua oti kētia rānei. Tīmata anō.
oidc-unreachable = Kāore e taea te kaiwhakarato takiuru, kāore rānei i tika tana whakautu. Whakamātau anō ā ētahi meneti, whakamahia rānei tētahi atu huarahi. Ki te pēnei tonu, whakamōhio i te hunga whakahaere i tēnei ratonga.
oidc-answer = Kāore i tika te kōrero a te kaiwhakarato takiuru, nō reira kāore he tangata i takiuru. Tīmata anō. Ki te pēnei anō, whakamōhio i te hunga whakahaere i tēnei ratonga.
oidc-declined = I whakamutua te takiuru i te kaiwhakarato. Tīmata anō mehemea e hiahia ana koe ki te takiuru.
oidc-no-role = E mōhio ana te kaiwhakarato ki a koe, engari kāore tētahi o ō rōpū i reira e hoatu tūranga mahi i konei. Uia te hunga whakahaere i ngā rōpū. Mehemea i a koe tētahi tūranga i mua, kua takiputaina koe i ngā wāhi katoa.
oidc-unknown = E mōhio ana te kaiwhakarato ki a koe, engari kāore he pūkete mōu i konei. Mehemea he pūkete tāu, takiuru ki reira ka hono i tō whārangi pūkete; ki te kore, uia tētahi kaiwhakahaere.
oidc-closed = Kua katia tō pūkete i konei. Uia tētahi kaiwhakahaere.
oidc-taken = Nō tētahi atu pūkete i konei taua pūkete i te kaiwhakarato, kua honoa kētia rānei tōu. Kāore he mea i panoni.

accounts-provider = Ka takiuru i te kaiwhakarato

event-passkey-added = I tāpirihia he kī uru
event-passkey-removed = I tangohia he kī uru
event-passkey-suspect = I aukatia he kī uru: i hoki whakamuri tana tatau
event-oidc-connected = I honoa ki tētahi kaiwhakarato takiuru
event-oidc-disconnected = I wetekina te hononga ki tētahi kaiwhakarato takiuru
