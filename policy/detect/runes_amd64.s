#include "textflag.h"

// What is below it, as a number with a sign, goes on with a character: 0x80 to 0xbf.
DATA lead<>+0(SB)/1, $0xc0
GLOBL lead<>(SB), RODATA|NOPTR, $1

// func followersAVX2(s string) (read, n int)
//
// SI: what is left of s, up to R9. Y2: 32 sums, each of CX steps at most. Y4: their sum.
TEXT ·followersAVX2(SB), NOSPLIT, $0-32
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), R9
	ANDQ $~31, R9
	MOVQ R9, read+16(FP)
	ADDQ SI, R9
	VPBROADCASTB lead<>+0(SB), Y15
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4

sums:
	VPXOR Y2, Y2, Y2
	MOVL  $255, CX

block:
	CMPQ     SI, R9
	JGE      add
	VMOVDQU  (SI), Y0
	VPCMPGTB Y0, Y15, Y1
	VPSUBB   Y1, Y2, Y2
	ADDQ     $32, SI
	DECL     CX
	JNZ      block

add:
	VPSADBW Y3, Y2, Y2
	VPADDQ  Y2, Y4, Y4
	CMPQ    SI, R9
	JLT     sums

	VEXTRACTI128 $1, Y4, X5
	VPADDQ       X5, X4, X4
	VPSRLDQ      $8, X4, X5
	VPADDQ       X5, X4, X4
	VMOVQ        X4, AX
	MOVQ         AX, n+24(FP)
	VZEROUPPER
	RET

// letter<> are the bit of small letters, what a is moved to zero by, and how far z is then.
DATA letter<>+0(SB)/1, $0x20
DATA letter<>+1(SB)/1, $0x9f
DATA letter<>+2(SB)/1, $25
GLOBL letter<>(SB), RODATA|NOPTR, $3

// func lettersAVX2(s string) (letters uint64)
//
// Each byte with the bit of small letters, less a, is at most 25 when it is a letter: it is
// the lesser of the two then.
TEXT ·lettersAVX2(SB), NOSPLIT, $0-24
	MOVQ s_base+0(FP), SI
	VPBROADCASTB letter<>+0(SB), Y2
	VPBROADCASTB letter<>+1(SB), Y3
	VPBROADCASTB letter<>+2(SB), Y4
	VPOR      (SI), Y2, Y0
	VPOR      32(SI), Y2, Y1
	VPADDB    Y3, Y0, Y0
	VPADDB    Y3, Y1, Y1
	VPMINUB   Y4, Y0, Y5
	VPMINUB   Y4, Y1, Y6
	VPCMPEQB  Y5, Y0, Y0
	VPCMPEQB  Y6, Y1, Y1
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, letters+16(FP)
	VZEROUPPER
	RET
