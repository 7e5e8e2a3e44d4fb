package detect

// allKinds is the one list of what is looked for. The order decides when two
// readings of a value have the same points.
func allKinds() []*kind {
	return []*kind{
		myNumber, creditCard, cardExpiry, cardCVV, pinCode,
		driverLicense, passport, residenceCard, pensionNumber, residentCode, insurerNumber, insuredNumber, bankAccount, yuchoPair,
		personName, address, postalCode, phone, mailAddress, birthDate, gender,
		employeeID, salary, specialCare, secret,
		usSSN, iban, ukNHS, ukNINO, deSteuerID, frNIR, krRRN, cnID, inAadhaar, inPAN, sgNRIC, auTFN,
		memberID, corporateNumber, articleNumber, pointInTime, tollFreePhone, negativeLabel,
	}
}

// finders look for values that are not runs of digits.
func finders() []func(*Detector, *view, func(candidate)) {
	return []func(*Detector, *view, func(candidate)){
		findMails, findGender, bareGender, findEmployee, findSalary, symbolNumbers, findSecrets, findCare,
	}
}
