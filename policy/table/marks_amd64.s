#include "textflag.h"

// func marksAVX2(s string, a, b byte, out *[marksRoom]uint32) (read, n int)
//
// SI: what is left of s, R9 whole blocks of 64. DI: out, R8 how many places are in it.
// R10: where the block begins.
TEXT ·marksAVX2(SB), NOSPLIT, $0-48
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), R9
	SHRQ $6, R9
	MOVQ out+24(FP), DI
	XORL R8, R8
	XORL R10, R10
	VPBROADCASTB a+16(FP), Y15
	VPBROADCASTB b+17(FP), Y14

block:
	DECQ R9
	JLT  done
	CMPQ R8, $(1024-64)
	JGT  done
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VPCMPEQB  Y15, Y0, Y2
	VPCMPEQB  Y14, Y0, Y3
	VPOR      Y3, Y2, Y2
	VPMOVMSKB Y2, AX
	VPCMPEQB  Y15, Y1, Y4
	VPCMPEQB  Y14, Y1, Y5
	VPOR      Y5, Y4, Y4
	VPMOVMSKB Y4, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	POPCNTQ   AX, DX
	LEAQ      (DI)(R8*4), CX
	ADDQ      DX, R8

	// Eight places at a time, whether there are so many or not: how many there are nobody
	// can foresee.
places:
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, (CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 4(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 8(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 12(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 16(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 20(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 24(CX)
	BLSRQ  AX, AX
	TZCNTQ AX, R11
	ADDL   R10, R11
	MOVL   R11, 28(CX)
	BLSRQ  AX, AX
	ADDQ   $32, CX
	TESTQ  AX, AX
	JNZ    places

	ADDQ $64, SI
	ADDQ $64, R10
	JMP  block

done:
	MOVQ R10, read+32(FP)
	MOVQ R8, n+40(FP)
	VZEROUPPER
	RET
