package detect
import ("testing";"context";"strings";"time";"github.com/sekisho-mail/sekisho/policy")
func TestDos(t *testing.T){
 d:=New(Options{})
 for _,p:=range []string{"1 ","1-","1\n","12 34-","1234 5678 9018 ","a@","@","a@b.c ","記号1番号2","パスワードは","password ","password: ","://","a://b:c@d ","eyJ","eyJa.","-----BEGIN PRIVATE KEY-----","東京都港区","東京都港区芝1-1-1 ","様","田中","田中 太郎 ","がん","うつ病 さん。","男 ","1,2\n","AKIA","AKIAIOSFODNN7EXAMPLE ","1","DE12 ","S60.","(","http://1","1234567 ","社員番号 ","基本給 ","個人番号 ","個人番号\n","-----\n","a\n","マイナンバー 123456789018 ","090-1234-5678 ","タナカ","タナカ タロウ ","Taro Yamada ","昭和60年3月12日 ","a\t","1\t","|1|2","12/34 ","secret_access_key ","名前:","> ","あ","一二三","1.","\"a,b\n"} {
  s:=strings.Repeat(p, 200000/len(p))
  t0:=time.Now()
  d.Detect(context.Background(),[]policy.Content{{Part:"1",Text:s,Kind:policy.BodyText}},Context{})
  if e:=time.Since(t0); e>150*time.Millisecond { t.Logf("%q %v", p, e)}
 }
}
