package web_test
import ("testing";"fmt";"os";"context";"github.com/sekisho-mail/sekisho/policy/email";"github.com/sekisho-mail/sekisho/quarantine/store/storetest")
func TestDbg(t *testing.T){
 s:=newSite(t); list:=payloads()
 for _, n := range []int{0,20} {
 from,to,raw:=hostile(n,list); id:=s.take(from,to,raw)
 h:=storetest.Load(t,s.keeper,id)
 r,_:=s.render(context.Background(), h.Copies[0].Envelope, email.BytesBody(raw))
 for _,p:=range r.Parts { fmt.Fprintln(os.Stderr,p.Part.Path,p.Part.Type,p.Part.Attachment,p.Part.View,p.Part.Problem,len(p.Text), len(p.Findings)) }
 b:=s.login(admin); a:=b.submit("/holds/"+string(id)+"/open","raw","1","reason","to look"); fmt.Fprintln(os.Stderr,a.status,a.to)
 fmt.Fprintln(os.Stderr, b.get("/holds/"+string(id)+"/html").status)
 }
}
