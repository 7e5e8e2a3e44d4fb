package detect

// memberID is a number that a company gives its customers. It says nothing by
// itself and is not reported; in a table it tells people apart.
var memberID = &kind{
	name: "member_id", silent: true, ja: "会員番号", en: "customer number", id: 24,
	labels: []string{"会員番号", "会員no", "会員id", "会員コード", "顧客番号", "顧客id", "顧客コード", "お客様番号", "お客様コード", "customer id", "customer no",
		"customer number", "member id", "member no", "membership number", "user id", "customer_id", "member_id", "user_id", "診察券番号", "患者番号", "患者id", "学籍番号", "受験番号"},
	cell: func(s string) (match, bool) {
		n := employeeWord(s)
		return match{norm: lower(s)}, n > 0 && n == len(s)
	},
}
