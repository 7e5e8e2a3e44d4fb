package extract

func (r *reading) inline(text string) error { return nil }
