package web

// routes is the map of the console: what answers where, and the right it takes.
func (s *Server) routes() []route {
	return []route{
		{pattern: "GET /{$}", action: ActAccount, do: (*call).showHome},
		{pattern: "GET /login", action: ActSignIn, do: (*call).showLogin},
		{pattern: "POST /login", action: ActSignIn, do: (*call).doLogin},
		{pattern: "GET /login/code", action: ActSignIn, do: (*call).showCode},
		{pattern: "POST /login/code", action: ActSignIn, do: (*call).doCode},
		{pattern: "POST /language", action: ActSignIn, do: (*call).doLanguage},
		{pattern: "POST /logout", action: ActAccount, unlocked: true, do: (*call).doLogout},

		{pattern: "GET /holds", action: ActQueue, do: (*call).showQueue},
		{pattern: "POST /holds/preview", action: ActBulk, do: (*call).doPreview},
		{pattern: "POST /holds/bulk", action: ActBulk, do: (*call).doBulk},
		{pattern: "POST /bulk/preview", action: ActBulkAll, do: (*call).doPreviewAll},
		{pattern: "POST /bulk", action: ActBulkAll, do: (*call).doStartAll},
		{pattern: "GET /bulk/{bulk}", action: ActBulkAll, do: (*call).showAll},
		{pattern: "POST /views/save", action: ActViews, do: (*call).doSaveView},
		{pattern: "POST /views/drop", action: ActViews, do: (*call).doDropView},
		{pattern: "GET /mine", action: ActMine, do: (*call).showMine},
		{pattern: "GET /forwards", action: ActForwards, do: (*call).showForwards},

		{pattern: "GET /holds/{id}", action: ActSee, hold: true, do: (*call).showHold},
		{pattern: "GET /holds/{id}/html", action: ActUnmask, hold: true, do: (*call).showHTML},
		{pattern: "POST /holds/{id}/open", action: ActText, hold: true, do: (*call).doOpen},
		{pattern: "POST /holds/{id}/close", action: ActText, hold: true, do: (*call).doClose},
		{pattern: "POST /holds/{id}/file", action: ActFile, hold: true, do: (*call).doFile},
		{pattern: "POST /holds/{id}/headers", action: ActHeaders, hold: true, do: (*call).doHeaders},
		{pattern: "POST /holds/{id}/original", action: ActOriginal, hold: true, do: (*call).doOriginal},
		// One form with several buttons: doDecide asks for the right of the verb.
		{pattern: "POST /holds/{id}/decide", action: ActSee, hold: true, do: (*call).doDecide},

		{pattern: "POST /holds/{id}/hand-over", action: ActHandOver, hold: true, do: (*call).doHandOver},
		{pattern: "POST /holds/{id}/repair", action: ActRepair, hold: true, do: (*call).doRepair},

		{pattern: "GET /rules", action: ActRules, do: (*call).showRules},
		{pattern: "GET /rules/try", action: ActTry, do: (*call).showTry},
		{pattern: "POST /rules/try", action: ActTry, do: (*call).doTry},
		{pattern: "GET /unread", action: ActUnread, do: (*call).showUnread},
		{pattern: "GET /figures", action: ActOwnFigures, do: (*call).showFigures},
		{pattern: "GET /audit", action: ActAudit, do: (*call).showAudit},
		{pattern: "POST /audit/verify", action: ActAudit, do: (*call).doVerify},
		{pattern: "POST /audit/export", action: ActAudit, do: (*call).doExport},
		{pattern: "GET /system", action: ActSystem, do: (*call).showSystem},
		{pattern: "POST /system/bypass", action: ActBypass, do: (*call).doBypass},
		{pattern: "POST /system/resume", action: ActBypass, do: (*call).doResume},

		{pattern: "GET /account", action: ActAccount, do: (*call).showAccount},
		{pattern: "POST /account/settings", action: ActAccount, do: (*call).doSettings},
		{pattern: "GET /account/password", action: ActAccount, unlocked: true, do: (*call).showPassword},
		{pattern: "POST /account/password", action: ActAccount, unlocked: true, do: (*call).doPassword},
		{pattern: "GET /account/totp", action: ActAccount, do: (*call).showTOTP},
		{pattern: "POST /account/totp", action: ActAccount, do: (*call).doTOTP},
		{pattern: "POST /account/sessions", action: ActAccount, do: (*call).doEndSession},
		{pattern: "GET /account/totp/picture", action: ActAccount, do: (*call).showTOTPPicture},
		{pattern: "GET /account/tokens", action: ActTokens, do: (*call).showTokens},
		{pattern: "POST /account/tokens", action: ActTokens, do: (*call).doNewToken},
		{pattern: "POST /account/tokens/drop", action: ActTokens, do: (*call).doDropToken},
		{pattern: "GET /users", action: ActUsers, do: (*call).showUsers},
		{pattern: "POST /users", action: ActUsers, do: (*call).doNewUser},
		{pattern: "GET /users/{id}/tokens", action: ActUsers, do: (*call).showUserTokens},
		{pattern: "POST /users/{id}/tokens", action: ActUsers, do: (*call).doDropUserToken},
		{pattern: "POST /users/{id}", action: ActUsers, do: (*call).doUser},
	}
}

// showHome sends everybody to the list he works with.
func (c *call) showHome() error {
	if MayAtAll(ActQueue, c.account.Roles) {
		return c.see("/holds")
	}
	return c.see("/mine")
}
