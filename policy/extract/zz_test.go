package extract
import ("testing";"os";"context";"fmt";"strings";"time")
func hwm(s string){ d,_:=os.ReadFile("/proc/self/status"); for _,l:=range strings.Split(string(d),"\n"){ if strings.HasPrefix(l,"VmHWM")||strings.HasPrefix(l,"VmRSS"){fmt.Print(s," ",l,"; ")}}; fmt.Println()}
func TestZZ(t *testing.T){
 hwm("start")
 dir:=t.TempDir()
 for i:=range 2 { t0:=time.Now(); e:=NewPDFEngine(dir); fmt.Println(i,e.Warm(),time.Since(t0)); hwm("warm")
 for _,n:=range []string{"pdf_plain_table_multipage.pdf","pdf_plain_embedded_cid_tounicode.pdf","pdf_scanned_image_only.pdf"}{
 d,_:=os.ReadFile("../../../shared/samples/attachments/"+n)
 x:=testExtractor(); x.PDF=e
 t0:=time.Now(); x.Extract(context.Background(),File{Path:"0",Name:n,Data:d}); fmt.Println(n,time.Since(t0))
 hwm("read")
 }
 e.Close()}
}
