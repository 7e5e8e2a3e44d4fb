package proxy

// ReadIntroduction is for the fuzz target.
var ReadIntroduction = readIntroduction
