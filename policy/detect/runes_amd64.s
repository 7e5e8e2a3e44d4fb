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
