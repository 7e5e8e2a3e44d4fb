package extract

func (r *reading) sweep(data []byte) error { return nil }
