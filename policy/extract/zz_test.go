package extract
import ("testing";"os";"context";"fmt")
func TestZZ(t *testing.T){
 for _,n:=range []string{"pdf_plain_table_multipage.pdf","pdf_90ms_rksj_noembed_plain.pdf","pdf_plain_embedded_cid_tounicode.pdf","pdf_with_embedded_csv_plain.pdf"}{
 d,_:=os.ReadFile("../../../shared/samples/attachments/"+n)
 res:=testExtractor().Extract(context.Background(),File{Path:"0",Name:n,Data:d})
 for _,p:=range res.Parts{fmt.Printf("%+v\n",p)}
 for _,c:=range res.Contents{
  fmt.Println("==",n,c.Part,c.View,c.Where,len(c.Text),len(c.Tables),c.Marks)
  r:=[]rune(c.Text); fmt.Println(string(r[:min(len(r),900)]))
  for _,tb:=range c.Tables{fmt.Println("table",tb.Header,len(tb.Rows)); for i,row:=range tb.Rows{ if i>4{break}; for _,s:=range row.Cells{fmt.Printf("[%s]",c.Text[s.Start:s.End])};fmt.Println()}}
 }}
}
