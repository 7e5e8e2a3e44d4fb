package extract
import ("testing";"math/rand/v2";"context";"time";"fmt";"os")
func TestZZ(t *testing.T){
	rnd := rand.New(rand.NewPCG(7, 2))
	worst:=time.Duration(0); probs:=map[string]int{}
	for _,n:=range []string{"pdf_90ms_rksj_noembed_plain.pdf","pdf_with_embedded_csv_plain.pdf","pdf_plain_embedded_cid_tounicode.pdf"}{
	 d,_:=os.ReadFile("../../../shared/samples/attachments/"+n)
	 for range 350 {
	  m:=mutate(rnd,d)
	  t0:=time.Now()
	  x := &Extractor{Limits: smallLimits(), PDF: testPDF()}
	  res:=x.Extract(context.Background(),File{Path:"0",Name:n,Data:m})
	  if e:=time.Since(t0);e>worst{worst=e; fmt.Println(n,e)}
	  checkResult(t,res)
	  probs[string(res.Parts[0].Problem)]++
	  if len(res.Contents)==0&&res.Parts[0].Problem==""&&res.Parts[0].Encrypted==""{t.Error("silent")}
	  if res.Parts[0].Problem=="unreadable"{t.Error("panic")}
	 }
	}
	fmt.Println(worst,probs)
}
