#include "go_asm.h"
#include "textflag.h"

// Bytes that are put into all 32 places of a register.
DATA bytes<>+0(SB)/1, $0x20 // a space; and what a small letter has more than a capital
DATA bytes<>+1(SB)/1, $0x61 // a
DATA bytes<>+2(SB)/1, $25   // from a to z
GLOBL bytes<>(SB), RODATA|NOPTR, $3

// func plainAVX2(s string, heads *[2][1 << (headBits - 6)]uint64, out *words) (read, n int)
//
// SI: what is left of s, up to R9; R12: its beginning. R10: heads and, behind them,
// phrases. DI and R8: the words noted, and how many there are. R13: whether a letter
// stands before SI.
TEXT ·plainAVX2(SB), NOSPLIT, $0-48
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), R9
	MOVQ heads+16(FP), R10
	MOVQ out+24(FP), DI
	MOVQ SI, R12
	LEAQ -64(SI)(R9*1), R9
	XORL R8, R8
	XORL R13, R13
	VPBROADCASTB bytes<>+0(SB), Y15
	VPBROADCASTB bytes<>+1(SB), Y14
	VPBROADCASTB bytes<>+2(SB), Y13

block: // of 64 bytes the words that begin in the first 56: eight bytes of each are known
	CMPQ SI, R9
	JGT  done
	CMPQ R8, $const_wordRoom
	JGE  done
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	// CX: a bit for each space. AX: for each letter, which is at most 25 above a.
	VPCMPEQB  Y15, Y0, Y2
	VPCMPEQB  Y15, Y1, Y3
	VPMOVMSKB Y2, CX
	VPMOVMSKB Y3, DX
	SHLQ      $32, DX
	ORQ       DX, CX
	VPOR      Y15, Y0, Y0
	VPOR      Y15, Y1, Y1
	VPSUBB    Y14, Y0, Y0
	VPSUBB    Y14, Y1, Y1
	VPMINUB   Y13, Y0, Y2
	VPMINUB   Y13, Y1, Y3
	VPCMPEQB  Y2, Y0, Y0
	VPCMPEQB  Y3, Y1, Y1
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, DX
	SHLQ      $32, DX
	ORQ       DX, AX

	// CX: how far letters and spaces go, 56 at most.
	ORQ  AX, CX
	NOTQ CX
	BTSQ $56, CX
	BSFQ CX, CX

	// BX: where words begin, up to there: letters behind something else.
	LEAQ  (R13)(AX*2), BX
	NOTQ  BX
	ANDQ  AX, BX
	BZHIQ CX, BX, BX
	MOVQ  AX, R13
	SHRQ  $55, R13
	ANDL  $1, R13
	BTRQ  $63, AX // so that each word has an end; eight letters of it stand before
	TESTQ BX, BX
	JEQ   next

word: // DX: where the next word begins; its place is written in any case
	BSFQ  BX, DX
	LEAQ  -1(BX), R11
	ANDQ  R11, BX
	MOVQ  (SI)(DX*1), R15
	SHRXQ DX, AX, R14
	LEAQ  (SI)(DX*1), DX
	SUBQ  R12, DX
	MOVL  DX, (DI)(R8*4)

	// R14: the bits of its letters, of the first eight at most.
	NOTQ    R14
	BSFQ    R14, R14
	MOVL    $8, R11
	CMPQ    R14, R11
	CMOVQGT R11, R14
	SHLL    $3, R14

	// DX: what its capitals lack, R15: eight bytes in lower case, R14: the letters of them.
	MOVQ  $0x2020202020202020, R11
	ANDNQ R11, R15, DX
	BZHIQ R14, DX, DX
	ORQ   R11, R15
	BZHIQ R14, R15, R14

	// The word counts when it has a capital, or its hashes stand in heads or phrases.
	NEGQ  DX
	SBBL  DX, DX
	MOVQ  $const_packHash, R11
	IMULQ R11, R15
	IMULQ R11, R14
	SHRQ  $(64-const_headBits), R15
	SHRQ  $(64-const_headBits), R14
	MOVQ  R14, R11
	SHRQ  $6, R11
	MOVQ  (R10)(R11*8), R11
	BTQ   R14, R11
	SBBL  R14, R14
	ORL   R14, DX
	MOVQ  R15, R11
	SHRQ  $6, R11
	MOVQ  ((1<<const_headBits)/8)(R10)(R11*8), R11
	BTQ   R15, R11
	SBBL  R15, R15
	ORL   R15, DX
	NEGL  DX
	ADDQ  DX, R8
	TESTQ BX, BX
	JNE   word

next:
	ADDQ CX, SI
	CMPQ CX, $56
	JEQ  block

done:
	SUBQ R12, SI
	MOVQ SI, read+32(FP)
	MOVQ R8, n+40(FP)
	VZEROUPPER
	RET
