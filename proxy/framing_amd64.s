#include "textflag.h"

DATA lineOctets<>+0(SB)/1, $0x0d
DATA lineOctets<>+1(SB)/1, $0x0a
DATA lineOctets<>+2(SB)/1, $0x2e
GLOBL lineOctets<>(SB), RODATA|NOPTR, $3

// func plainAVX2(p []byte) int
//
// SI: what is left of p, R9 whole blocks of 32 octets that have one behind them. Y0: a block.
// Y1: the octet behind each.
TEXT ·plainAVX2(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), R9
	DECQ R9
	SARQ $5, R9
	MOVQ SI, R10
	VPBROADCASTB lineOctets<>+0(SB), Y15
	VPBROADCASTB lineOctets<>+1(SB), Y14
	VPBROADCASTB lineOctets<>+2(SB), Y13

block:
	DECQ R9
	JLT  return
	VMOVDQU (SI), Y0
	VMOVDQU 1(SI), Y1

	// CR without LF behind it, LF without CR in front of it.
	VPCMPEQB Y15, Y0, Y2
	VPCMPEQB Y14, Y1, Y3
	VPXOR    Y3, Y2, Y2

	// A dot behind LF.
	VPCMPEQB Y14, Y0, Y4
	VPCMPEQB Y13, Y1, Y5
	VPAND    Y5, Y4, Y4
	VPOR     Y4, Y2, Y2
	VPTEST   Y2, Y2
	JNZ      return
	ADDQ     $32, SI
	JMP      block

return:
	SUBQ R10, SI
	MOVQ SI, ret+24(FP)
	VZEROUPPER
	RET
