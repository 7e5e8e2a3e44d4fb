package web_test
import ("testing";"fmt";"github.com/sekisho-mail/sekisho/quarantine")
func TestZZ(t *testing.T){ p:=newPages(t)
	raw := "From: <" + taro + ">\r\nTo: a@one.example, b@two.example, c@gmail.com, d@gmail.com, e@gmail.com, f@gmail.com, g@gmail.com\r\nSubject: x\r\n\r\nhello\r\n"
	id := p.take(taro, []string{"a@one.example","b@two.example","c@gmail.com","d@gmail.com","e@gmail.com","f@gmail.com","g@gmail.com"}, []byte(raw))
	h:=p.hold(id)
	fmt.Println(h.Terms, h.Allows(quarantine.VerbRepair, quarantine.Actor{Kind:"sender",Name:taro,Via:"link"}, p.clock.Now()))
}
