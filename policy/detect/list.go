package detect

// allKinds is the one list of what is looked for. The order decides when two
// readings of a value have the same points.
func allKinds() []*kind {
	return []*kind{
		myNumber, creditCard, phone, mailAddress, postalCode, address, birthDate, personName,
		tollFreePhone, negativeLabel,
	}
}
