package journal

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

func ExampleJournal() {
	dir, _ := os.MkdirTemp("", "journal")
	defer os.RemoveAll(dir)
	j, err := Open(dir, Options{SyncEvery: time.Second, Now: time.Now})
	if err != nil {
		return
	}
	_ = j.Write(context.Background(), policy.Record{Stage: "held"})
	_ = j.Flush(context.Background())
	_ = j.Drain(context.Background(), func(batch []Line) error {
		fmt.Println(len(batch), batch[0].Entry.Stage)
		return nil
	})
	_ = j.Close()
	fmt.Println(VerifyKey(dir, nil))
	// Output:
	// 1 held
	// <nil>
}
