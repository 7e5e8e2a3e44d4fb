package detect

import "strings"

// foreignNames are parts of the names of people from abroad in katakana (general
// knowledge): one of them makes a name of parts that are joined by dots.
var foreignNames = wordSet(`グエン チャン レー ファム ホアン ファン ヴォ ヴー ダン ブイ ドー ホー ゴー ズオン リー ティ ヴァン ミン ラン フオン トゥアン フン ズン タイン チャン ハイ ナム リン マイ トゥ トゥイ クオン ドゥック ロン フエ タオ
	マリア サントス レイエス クルス ガルシア デラクルス バウティスタ ラモス メンドーサ フローレス カストロ ロドリゲス フェルナンデス ゴンザレス ゴメス ロペス マルティネス ペレス サンチェス ディアス トーレス カルロス ホセ フアン ルイス ミゲル アントニオ フランシスコ アナ ロサ カルメン ペドロ ジョアン シルバ ソウザ オリベイラ ペレイラ コスタ フェレイラ アルベス リマ パウロ マルコス ルーカス
	スニタ グルン タマン シュレスタ ライ マガル タパ カルキ アディカリ プラディープ クマール アミット シャルマ ラジェシュ ラジ シン パテル グプタ プリヤ アニル サンジャイ ビジャイ ディパック スレシュ ラメシュ バハドゥル ビシュヌ クリシュナ スマン サントス ビノド プラカシュ アニタ ギタ シタ ラクシュミ カーン アリ アハメド アフマド ムハンマド モハメド モハマド ハッサン フセイン オマル ラーマン イスラム ホセイン チョードリー ファティマ アイシャ ハサン イブラヒム ユスフ
	アウン ミン ミャ テイン キン ウィン ゾー ソー トゥン タン ニン モー チョー ティダ スー デウィ ラハユ スリ ブディ アグス エコ リナ シティ ヌル プトラ プトリ ワヤン マデ クトゥット ニョマン スハルト ウィジャヤ セティアワン サリ ラーマット ヒダヤット
	キム パク イ チェ チョン カン チョ ユン チャン イム ハン シン ソ クォン ファン アン ソン ジウン ヒョンス ミンジュン ソヨン ジフン スビン ハユン ドヒョン ウンソ ミンス ヨンヒ チョルス ジヨン ヒョンジュ ジェヒョン スジン ジミン テヒョン
	ワン リ チャン リウ チェン ヤン ホアン ウー チョウ シュー スン マー チュウ フー グオ ホー ガオ リン ルオ ウェイ シャオ ミン ジン リー ファン フォン ホン イン ユエ シュエ ジュン メイリン シャオミン ジエンホワ
	ジョン ジェームズ ロバート マイケル ウィリアム デイビッド デービッド リチャード ジョセフ トーマス チャールズ クリストファー ダニエル マシュー アンソニー マーク ドナルド スティーブン スティーブ ポール アンドリュー ジョシュア ケネス ケビン ブライアン ジョージ エドワード ロナルド ティモシー ジェイソン ライアン ジェイコブ ゲイリー ニコラス エリック ジョナサン ラリー ジャスティン スコット ブランドン ベンジャミン サミュエル フランク グレゴリー レイモンド アレクサンダー パトリック ジャック デニス ジェリー
	メアリー パトリシア ジェニファー リンダ エリザベス バーバラ スーザン ジェシカ サラ カレン ナンシー リサ ベティ マーガレット サンドラ アシュリー キンバリー エミリー ドナ ミシェル キャロル アマンダ メリッサ デボラ ステファニー レベッカ ローラ シャロン シンシア キャサリン エイミー アンジェラ アンナ エマ ニコール ヘレン サマンサ クリスティン クリスティーナ レイチェル オリビア ソフィア ソフィー シャーロット
	スミス ジョンソン ウィリアムズ ブラウン ジョーンズ ミラー デイビス ウィルソン アンダーソン テイラー ムーア ジャクソン マーティン トンプソン ホワイト ハリス クラーク ルイス ロビンソン ウォーカー ヤング アレン キング ライト ヒル グリーン アダムス ベイカー ネルソン キャンベル ミッチェル ロバーツ ターナー フィリップス エバンス エドワーズ コリンズ スチュワート モリス ロジャース クック マーフィー ベンソン ベネット
	オリガ ペトロワ イワン イワノフ ナターシャ タチアナ エレーナ スベトラーナ アレクセイ ドミトリー セルゲイ ウラジーミル アンドレイ ミハイル ペトロフ スミルノフ ハンス シュミット ミュラー ピエール ジャン マリー フランソワ デュポン マルコ ロッシ ジュリア ルカ アンナ`)

// foreignName tries a name in katakana at i whose parts are joined by dots, or by
// spaces: グエン・ティ・ラン. It returns where it ends, 0 for none.
func (d *Detector) foreignName(v *view, i int, emit func(candidate)) int {
	s := v.s
	end, parts, known, dotted := i, 0, 0, false
	for at := i; parts < 5; {
		n := kanaRun(s[at:], isKatakana)
		if n == 0 {
			break
		}
		parts++
		known += b2i(foreignNames[s[at:at+n]])
		end = at + n
		switch {
		case strings.HasPrefix(s[end:], "・"):
			at, dotted = end+len("・"), true
		case strings.HasPrefix(s[end:], " ") && end+1 < len(s):
			at = end + 1
		default:
			at = len(s)
		}
		if at >= len(s) {
			break
		}
	}
	person := anHonorific.begins(s[end:]) || strings.HasSuffix(strings.TrimRight(s[:i], " "), ":")
	if parts == 0 || parts == 1 && (!person || known == 0) || parts > 1 && !dotted && known < 2 || !person && known == 0 {
		return 0
	}
	c := candidate{kind: personName, start: i, end: end, match: match{subtype: "kana", points: min(2, float64(known))}}
	c.norm = strings.ReplaceAll(squeeze(s[i:end]), "・", "")
	d.finishName(v, &c)
	if known > 0 && parts > 1 && c.points >= 1 && c.points < likely && !c.business &&
		(known > 1 || dotted) && (aParticle.begins(s[end:]) || end < len(s) && s[end] == '(' || c.label != "") {
		c.points, c.why = likely, c.why|whyProse
	}
	emit(c)
	return end
}

// dottedName looks for a name in katakana with a dot at offset dot in it, and
// returns where to go on.
func (d *Detector) dottedName(v *view, dot int, emit func(candidate)) int {
	start := dot
	for start >= 3 && isKatakana(firstRune(v.s[start-3:])) {
		start -= 3
	}
	if start == dot {
		return dot + len("・")
	}
	return max(d.foreignName(v, start, emit), dot+len("・"))
}
