package detect

import "strings"

// Sets of words that lines are asked about one after the other: who signs, who works and
// who is private.
const (
	inCompany wordsIn = 1 << iota
	inOrganisationForm
	inOrganisationEnd
	inOffice
	inPrivateField
	inHonorific
	inPhone
	inAddressMark
	inSenderMark
	inGreeting
	inWorkRole
	inWorkMatter
	inAttendance
	inGraveMatter
	inPrivateMatter
	inDealing
	inDeskEnd
	inCustomerDesk
	inWorkEnglish
	inOfficeEnglish
	inPrivateEnglish
	inAge
)

// lineWords has them all. Of sets that ask more than that a word stands somewhere, it
// tells which lines need not be asked.
var lineWords = newWordSets(append(organisationSets, lineSets...)...)

var lineSets = []listedSet{
	{inOffice, anOffice.words()}, {inPrivateField, aPrivateField.words()}, {inHonorific, anHonorific.words()},
	{inPhone, phoneWords}, {inAddressMark, anAddressMark.words()}, {inSenderMark, aSenderMark.words()},
	{inGreeting, aGreeting.words()}, {inWorkRole, aWorkRole.words()}, {inWorkMatter, aWorkMatter.words()},
	{inAttendance, anAttendance.words()}, {inGraveMatter, aGraveMatter.words()}, {inPrivateMatter, aPrivateMatter.words()},
	{inDealing, aDealing.words()}, {inDeskEnd, deskEnd.words}, {inCustomerDesk, customerDeskNames()},
	{inWorkEnglish, workEnglish.all}, {inOfficeEnglish, officeEnglish.all}, {inPrivateEnglish, privateEnglish.all}, {inAge, []string{"歳", "才"}},
}

// organisation tells a line that names a company or another organisation.
func organisation(low string) bool { return organisationIn(low, organisationWords.in(low)) }

// organisationWords are the words of which one is needed to name an organisation.
var organisationWords = newWordSets(organisationSets...)

var organisationSets = []listedSet{{inCompany, companyWords}, {inOrganisationForm, organisationForms}, {inOrganisationEnd, organisationEnds}}

// organisationIn is organisation of a line of which it is known what sets it has.
func organisationIn(low string, has wordsIn) bool {
	return has&(inCompany|inOrganisationEnd) != 0 || has&inOrganisationForm != 0 && wordIn(noNames.Replace(low), organisationForms...)
}

// noNames takes away the words for groups and the like that are no part of a name.
var noNames = strings.NewReplacer("the group", "", "this group", "", "our group", "", "a group", "", "at school", "", "the school", "", "her school", "", "his school", "", "in hospital", "", "to hospital", "")
