# Te whārangi o te rangitaki taunaki.

evidence-title = Rangitaki taunaki
evidence-lead = Ka tuhia ia pūrongo me ia panonitanga ki tētahi rangitaki ka tipu anake. Ka taea e te katoa te whakaū kāore he mea o roto i panonihia, i tangohia rānei.
evidence-newest = Te pūwāhi taki hou rawa
evidence-log = Rangitaki
evidence-size = Ngā tāurunga
evidence-root = Hash o te pūtake
evidence-checkpoint = Te pūwāhi taki hei kōnae
evidence-empty = Kāore anō tētahi mea kia tuhia.
evidence-keys = Ngā kī
evidence-keys-text = Ka hainatia ngā pūwāhi taki ki ēnei kī:
evidence-verify = Me pēhea te whakaū
evidence-verify-receipt = Ka whakaūhia te rīhiti i tō ake rorohiko, kāore he pātai ki a mātou:
evidence-verify-log = Ka tukuna te rangitaki katoa hei tāpa i raro i /tile/, i te hōputu C2SP tlog-tiles, kia taea ai e ngā kaiaroturuki me ngā kaiwhakaatu te whai. He hash kua totengia ngā tāurunga: kāore he kōrero mō te tangata.
evidence-proves = Ka whakaatu i te aha
evidence-proves-there = Ko te pūrongo he rīhiti tōna kei te rangitaki, ā, i tae mai i mua i te hainatanga o te pūwāhi taki.
evidence-proves-unchanged = Kāore e taea te panoni, te tango rānei i tētahi mea i mua i tētahi pūwāhi taki me te kore e kitea e te hunga kei a rātou he kape.
evidence-proves-not = Kāore e whakaatu he pono ngā kōrero o te pūrongo.
