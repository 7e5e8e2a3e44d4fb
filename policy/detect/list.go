package detect

import "github.com/sekisho-mail/sekisho/policy"

// allKinds is the one list of what is looked for. The order decides when two
// readings of a value have the same points.
func allKinds() []*kind {
	return []*kind{
		myNumber, creditCard, cardExpiry, cardCVV, pinCode,
		driverLicense, passport, residenceCard, pensionNumber, residentCode, insurerNumber, insuredNumber, bankAccount, yuchoPair,
		personName, address, postalCode, phone, mailAddress, birthDate, gender,
		employeeID, salary, specialCare, secret,
		usSSN, iban, ukNHS, ukNINO, deSteuerID, frNIR, krRRN, cnID, inAadhaar, inPAN, sgNRIC, auTFN,
		caSIN, esNIF, itFiscalCode, plPESEL, sePersonnummer, fiHETU, trID, zaID, thID, brCPF, auMedicare, usNPI, usABA, usITIN, ukDriving,
		auABN, auACN, deHealthInsurance, deSocialSecurity, deVAT, deBSNR, deLANR, deIDCard, inGSTIN, vehiclePlate, itVAT, krBRN, krDriver,
		ngNIN, phTIN, sgUEN, seOrganisation, usDEA, biometric,
		memberID, corporateNumber, articleNumber, pointInTime, tollFreePhone, negativeLabel,
	}
}

// Type describes one type of finding.
type Type struct {
	// Name is what rules and scan use; Title names it in both languages.
	Name  string
	Title policy.Text
	// Severity is 1 (business contact) to 5 (My Number, card, credential, special
	// care).
	Severity int
}

// Types lists the types that Detect can report, in the order of the list of
// kinds, for docs and for checking rules.
func Types() []Type {
	out := []Type{{Name: "business_contact", Title: policy.Text{JA: "取引先などの連絡先", EN: "business contact"}, Severity: sevBusiness}}
	for _, k := range append(allKinds(), ownKinds()...) {
		if !k.silent && k != yuchoPair {
			out = append(out, Type{Name: k.name, Title: policy.Text{JA: k.ja, EN: k.en}, Severity: k.severity})
		}
	}
	return out
}

// finders look for values that are not runs of digits.
func finders() []func(*Detector, *view, func(candidate)) {
	return []func(*Detector, *view, func(candidate)){
		findMails, findGender, childGender, bareGender, findReadings, saidReading, spreadNames, toldPin, findKanjiBirth, kanjiBlocks, findCareField, findHealthField, findOpening, findEmployee, findFamilies, listedStrangers, findTitled, findExpiry, findSalary, paySheet, monthlyPay, wishedMonthly, raisedPay, payAbroad, offeredPay, marketPay, payFields, payRows, slashRows, lastFirst, calledInKorean, calledInChinese, placeAbroad, symbolNumbers, findSecrets, findTold, findSaid, findDoorCodes, findCare, findMRZ, bracketNames, clientNames, partFields, spokenPhones, apartNumbers, travellers, strangeWriter,
	}
}
