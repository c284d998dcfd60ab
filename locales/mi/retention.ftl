### Te pupuri ā-ture, te whakakore mahi, ngā wā pupuri me te rēhita o ngā mea kua mukua.

hold-held = Kei te puritia ā-ture
hold-until = Ka puritia tae noa ki { $until }.
hold-open = Ka puritia kia wetekina rā anō e tētahi.
hold-means = Kāore tētahi wāhanga o tēnei pūrongo e mukua i taua wā, ahakoa mā te ture, mā te ringa rānei.
hold-place = Puritia ā-ture
hold-change = Panonitia, wetekina rānei te pupuri ā-ture
hold-note = I a ia e puritia ana, kāore tētahi wāhanga o tēnei pūrongo e mukua: kāore ina pau tōna wā, kāore mā te ringa, kāore e te kaipūrongo.
hold-reason = Te take o te pupuri
hold-reason-hint = Whakaingoatia te kēhi, te ōta rānei. Ka pānuitia e ngā āpiha me ngā kaitātari.
hold-reason-wrong = Tuhia he take, kia kaua e nui ake i te { $max } pūāhua
hold-end = Te rā whakamutunga o te pupuri
hold-end-hint = Waiho kia wātea kia puritia ai tae noa ki te wetekanga.
hold-end-wrong = Kōwhiria he rā kāore anō kia pau
hold-place-save = Puritia te pūrongo
hold-change-save = Panonitia te pupuri
hold-lift-reason = Te take mō te wetekanga
hold-lift = Wetekina te pupuri
hold-ended = kua pau tōna wā
hold-no-erasing = Kāore e taea te muku i ngā taipitopito whakapā ināianei: kei te puritia ā-ture te pūrongo. Wetekina te pupuri i te tuatahi.

undo = Whakakorea
undo-last = Te mahi whakamutunga:
undo-message-note = Ka wehe te karere i te { $seconds } hēkona i muri i tōna tuhinga. I mua i tērā ka taea te whakahoki; ka noho ōna kupu ki te pouaka i raro nei.
undo-withdrawn = Kua whakahokia
undo-waiting = Kāore anō kia wehe

case-bare = I mukua ngā kupu i te paunga o tōna wā

event-hold-placed = I puritia ā-ture
event-hold-lifted = I wetekina te pupuri ā-ture
event-erased = I mukua i raro i te ture
event-undone = I whakakorea
event-retention-accepted = I whakamanahia ngā wā pupuri

retention-title = Ngā wā pupuri
retention-why = Te roa e puritia ai ngā mea kei roto i ngā pūrongo, ka tatauria mai i te rā i katia ai te pūrongo mō te wā whakamutunga. Ka noho tonu ngā mea e tatauria ana (te momo, ngā rā, te ngaronga, te rohe, te rāngai, te reanga pakeke).
retention-built-in = Kei te mana ngā ture o roto i te hōtaka. Hei panoni, tāruatia te data/retention.toml ki tētahi kōpaki, ka whakaingoa i tērā ki te tautuhinga service.retention.
retention-in-force = Kei te mana te putanga { $version } o ā koutou ture.
retention-waiting = Kāore anō ā koutou ture kia mana
retention-waiting-note = Kei te tatari te putanga { $version }, ā, kei te mana tonu ngā ture o mua. Tirohia i raro nei ngā mea ka mukua; e kore e taea te whakahoki mai i te mea kua mukua.
retention-seen = Kua kite au i ngā mea ka mukua e ēnei ture
retention-seen-first = Tirohia ngā mea ka mukua e ngā ture, ka tohu i te pouaka
retention-changed = Kua panoni ngā ture mai i te whakaaturanga o tēnei whārangi. Tirohia anō.
retention-accept = Whakamanahia
retention-dry = Ngā mea ka mukua e ēnei ture
retention-dry-note = E { $closed } ngā pūrongo kati i tirohia, mō ināianei me ngā rā { $days } e tū mai nei. E { $held } o ērā kei te puritia ā-ture, kāore e mukua.
retention-dry-none = Kāore he mea hei muku ināianei, i roto rānei i te { $days } rā.
retention-now = { $part }, ināianei
retention-soon = { $part }, i roto i te { $days } rā
retention-rules = Ngā ture
retention-rule = Ture
retention-for = Mō
retention-part = Wāhanga
retention-kept = Te roa e puritia ai
retention-because = Te take me te pūtake
retention-all = Ngā pūrongo katoa
retention-days = { $days ->
    [one] { $days } rā i muri i te katinga
   *[other] { $days } rā i muri i te katinga
}
retention-never = Mō ake tonu
retention-contact = Ko wai te kaipūrongo
retention-files = Ngā kōnae
retention-text = Ngā mea i tuhia
retention-accepted = { $now } ngā wāhanga hei muku ināianei, { $soon } ākuanei

erased-title = Ngā mea kua mukua
erased-why = Ia wāhanga o te pūrongo kua mukua: nōnahea, nā tēhea ture me tēhea putanga, nā wai. Ka noho tika tonu ngā rihīti me te rangitaki.
erased-none = Kāore anō tētahi mea kia mukua.
erased-csv = Tikiake hei CSV
erased-sums = Mā ia ture
erased-reports = Ngā pūrongo
erased-by-hand = Mā te ringa
erased-version = putanga { $version }

status-files-over = Kua mukua ō kōnae, kua pau tō rātou wā. Ka noho tonu te pūrongo.
status-text-over = Kua mukua āu kupu, kua pau tō rātou wā. Ka noho tonu i ngā tatauranga tāu i pūrongo ai.
status-contact-held = Me pupuri katoa mātou i tēnei pūrongo mō tēnei wā, nā tētahi kēhi ā-ture. Ka taea te muku i ō taipitopito ina mutu tērā.
status-erased = Kua mukua
