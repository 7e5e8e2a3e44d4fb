package detect

import "slices"

// waiter is the first character of keywords and what may follow it in them.
type waiter struct {
	first   uint16
	seconds []uint16
}

// addGroups spreads what waits for each other over the groups of charClass: each
// first character waits for one group, and all its seconds are in it. A group is
// chosen so that few pairs that every text is full of stop the pass for nothing.
func (g *gate) addGroups() {
	var common [][2]uint16
	for i := 0; i+6 <= len(commonPairs); i++ {
		if commonPairs[i]>>4 == 0xe && commonPairs[i+3]>>4 == 0xe {
			common = append(common, [2]uint16{lexKey(commonPairs, i), lexKey(commonPairs, i+3)})
		}
	}
	for n := range g.waits {
		w := &g.waits[n]
		var stops [pairGroups - 1]int // stops of common pairs, by group
		for _, pair := range common {
			if pair[0] == w.first {
				countGroups(&stops, g.class[pair[1]])
			}
			if slices.Contains(w.seconds, pair[1]) {
				countGroups(&stops, g.class[pair[0]]>>awaits)
			}
		}
		best := int(w.first) % len(stops)
		for k := range stops {
			if stops[k] < stops[best] {
				best = k
			}
		}
		group := charSecond << best
		g.class[w.first] |= group << awaits
		for _, b := range w.seconds {
			g.class[b] |= group
		}
	}
	g.waits = nil
}

// countGroups adds one to the groups that a class has.
func countGroups(n *[pairGroups - 1]int, class charClass) {
	for k := range n {
		n[k] += b2i(class&(charSecond<<k) != 0)
	}
}

// commonPairs are two characters of words that most letters hold: a keyword is
// better found by two others.
const commonPairs = "させていただければ なっております よろしくお願い ございました どうぞ ください られる される ため もの ところ その この しましたしてしたいたいでいについますですないこととのからなどでき ありがとうございます お願いいたします 会社 契約 確認 連絡 担当 資料 送付 予定 変更 報告 請求 書類 製品 結果 会議 検討 部長 営業 納期 見積 仕様 商品 注文 対応 作業 情報 管理 場合 以上 関係 方法 内容 時間 利用 使用 必要 可能 説明 案内 開始 終了 実施 状況 問題 設定 登録 更新 追加 参加 先日 本日 今後 今回 来週 来月 年度 月日 発送 発表 発生 発売 販売 配送 参加者 提出 出ました 生産に 準備 試験 良好 設計 順調 予算 配分 質問 詳細 計画 意見 交換 依頼 男性 女性 時期 システム サービス カード データ メーカー ユーザー 新しい 日い"
