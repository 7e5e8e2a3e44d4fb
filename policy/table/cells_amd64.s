#include "textflag.h"

// The marks by their lower half, but for the bar, which shares it with the comma; 0xff is
// the lower half of none.
DATA byLower<>+0(SB)/8, $0xffffffffff22ffff
DATA byLower<>+8(SB)/8, $0xffffff2c3bff09ff
GLOBL byLower<>(SB), RODATA|NOPTR, $16
DATA bar<>+0(SB)/1, $0x7c
GLOBL bar<>(SB), RODATA|NOPTR, $1

// func cellsAVX2(s string, length int, out *[longestRow + 8]uint16) (read, n int)
//
// SI: the block; R10: where it begins; R9: the length. DI: where the next mark is noted.
TEXT ·cellsAVX2(SB), NOSPLIT, $0-48
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), R8
	MOVQ length+16(FP), R9
	MOVQ out+24(FP), DI
	MOVQ DI, R12
	XORL R10, R10
	VBROADCASTI128 byLower<>(SB), Y15
	VPBROADCASTB bar<>(SB), Y14

block:
	CMPQ R10, R9
	JGE  done
	LEAQ 32(R10), R11
	CMPQ R11, R8
	JGT  done
	VMOVDQU   (SI)(R10*1), Y0
	VPSHUFB   Y0, Y15, Y1
	VPCMPEQB  Y0, Y1, Y1
	VPCMPEQB  Y0, Y14, Y2
	VPOR      Y2, Y1, Y1
	VPMOVMSKB Y1, AX

	// What lies behind the line does not count.
	MOVQ R9, CX
	SUBQ R10, CX
	CMPQ CX, $32
	JGE  whole
	MOVL $1, BX
	SHLL CX, BX
	DECL BX
	ANDL BX, AX
whole:
	POPCNTL AX, DX
	MOVQ    DI, CX
	LEAQ    (DI)(DX*2), DI

marks: // four at a time, whether there are so many or not
	TZCNTL AX, BX
	ADDL   R10, BX
	MOVW   BX, (CX)
	BLSRL  AX, AX
	TZCNTL AX, BX
	ADDL   R10, BX
	MOVW   BX, 2(CX)
	BLSRL  AX, AX
	TZCNTL AX, BX
	ADDL   R10, BX
	MOVW   BX, 4(CX)
	BLSRL  AX, AX
	TZCNTL AX, BX
	ADDL   R10, BX
	MOVW   BX, 6(CX)
	BLSRL  AX, AX
	ADDQ   $8, CX
	TESTL  AX, AX
	JNZ    marks

	MOVQ R11, R10
	JMP  block

done:
	CMPQ R10, R9
	JLE  within
	MOVQ R9, R10
within:
	MOVQ R10, read+32(FP)
	SUBQ R12, DI
	SHRQ $1, DI
	MOVQ DI, n+40(FP)
	VZEROUPPER
	RET
