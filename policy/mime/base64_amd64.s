#include "textflag.h"

// The tables are looked up by the upper or the lower four bits of an octet, and stand in
// both halves of a register. An octet is a letter when what both tables say of it has no bit in
// common: one bit for each group of upper halves that allows the same lower ones.
DATA lower64<>+0(SB)/8, $0x1111111111111115
DATA lower64<>+8(SB)/8, $0x1a1b1b1b1a131111
GLOBL lower64<>(SB), RODATA|NOPTR, $16

DATA upper64<>+0(SB)/8, $0x0804080402011010
DATA upper64<>+8(SB)/8, $0x1010101010101010
GLOBL upper64<>(SB), RODATA|NOPTR, $16

// What makes the value of a letter, by its upper half; that of the slash is one in front.
DATA shift64<>+0(SB)/8, $0xb9b9bfbf04131000
DATA shift64<>+8(SB)/8, $0x0000000000000000
GLOBL shift64<>(SB), RODATA|NOPTR, $16

// The three octets of each group of four, the first one lowest.
DATA order64<>+0(SB)/8, $0x090a040506000102
DATA order64<>+8(SB)/8, $0x808080800c0d0e08
GLOBL order64<>(SB), RODATA|NOPTR, $16

DATA words64<>+0(SB)/4, $0x2f2f2f2f // the slash, and a mask of more than lower halves: bit 5 does not count in a look-up
DATA words64<>+4(SB)/4, $0x01400140 // the first of two letters 64 times, the second once
DATA words64<>+8(SB)/4, $0x00011000 // the first of two pairs 4096 times, the second once
GLOBL words64<>(SB), RODATA|NOPTR, $12

// func base64AVX2(out, raw []byte) (read, wrote int)
//
// SI: what is left of raw, up to R9. DI: where to write, up to R8.
TEXT ·base64AVX2(SB), NOSPLIT, $0-64
	MOVQ out_base+0(FP), DI
	MOVQ out_len+8(FP), R8
	MOVQ raw_base+24(FP), SI
	MOVQ raw_len+32(FP), R9
	MOVQ DI, R10
	MOVQ SI, R11
	LEAQ -24(DI)(R8*1), R8
	LEAQ -34(SI)(R9*1), R9

	VBROADCASTI128 lower64<>(SB), Y15
	VBROADCASTI128 upper64<>(SB), Y14
	VBROADCASTI128 shift64<>(SB), Y13
	VBROADCASTI128 order64<>(SB), Y12
	VPBROADCASTD   words64<>+0(SB), Y11
	VPBROADCASTD   words64<>+4(SB), Y10
	VPBROADCASTD   words64<>+8(SB), Y9
	VPXOR          Y8, Y8, Y8

block:
	CMPQ SI, R9
	JGT  done
	CMPQ DI, R8
	JGT  done
	VMOVDQU (SI), Y0

	// AX: which are letters, a bit for each.
	VPSRLD    $4, Y0, Y1
	VPAND     Y11, Y1, Y1
	VPAND     Y11, Y0, Y2
	VPSHUFB   Y2, Y15, Y3
	VPSHUFB   Y1, Y14, Y4
	VPAND     Y4, Y3, Y3
	VPCMPEQB  Y8, Y3, Y3
	VPMOVMSKB Y3, AX

	// Y0: their values, then the 24 octets that these make.
	VPCMPEQB   Y11, Y0, Y5
	VPADDB     Y1, Y5, Y5
	VPSHUFB    Y5, Y13, Y5
	VPADDB     Y5, Y0, Y0
	VPMADDUBSW Y10, Y0, Y0
	VPMADDWD   Y9, Y0, Y0
	VPSHUFB    Y12, Y0, Y0

	// All are letters but behind the end of a line: CX are those before it.
	NOTL  AX
	TESTL AX, AX
	JNZ   end
	VEXTRACTI128 $1, Y0, X1
	VMOVDQU X0, (DI)
	VMOVQ   X1, BX
	VPEXTRD $2, X1, DX
	MOVQ    BX, 12(DI)
	MOVL    DX, 20(DI)
	ADDQ    $32, SI
	ADDQ    $24, DI
	JMP     block

end:
	BSFL   AX, CX
	TESTL  $3, CX
	JNZ    done
	CMPW   (SI)(CX*1), $0x0a0d
	JNE    done
	LEAQ   24(DI), BX
	LEAQ   (SI)(CX*1), DX
	CMPQ   DI, SI
	JGT    apart // out begins behind raw; never over it
	CMPQ   BX, DX
	JGT    done
apart:
	VEXTRACTI128 $1, Y0, X1
	VMOVDQU X0, (DI)
	VMOVQ   X1, BX
	VPEXTRD $2, X1, DX
	MOVQ    BX, 12(DI)
	MOVL    DX, 20(DI)
	LEAQ    2(SI)(CX*1), SI
	LEAQ    (CX)(CX*2), CX
	SHRQ    $2, CX
	ADDQ    CX, DI
	JMP     block

done:
	SUBQ R10, DI
	SUBQ R11, SI
	MOVQ SI, read+48(FP)
	MOVQ DI, wrote+56(FP)
	VZEROUPPER
	RET
