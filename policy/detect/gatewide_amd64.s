#include "go_asm.h"
#include "textflag.h"

// spread<> moves the three bytes of a character into a number of 32 bits, the first
// byte highest: 0x00e38182 for あ. 0x80 writes a zero. Four characters in each half.
DATA spread<>+0(SB)/8, $0x8003040580000102
DATA spread<>+8(SB)/8, $0x80090a0b80060708
DATA spread<>+16(SB)/8, $0x8003040580000102
DATA spread<>+24(SB)/8, $0x80090a0b80060708
GLOBL spread<>(SB), RODATA|NOPTR, $32

// places<> is where the eight characters of a block begin.
DATA places<>+0(SB)/8, $0x0000000300000000
DATA places<>+8(SB)/8, $0x0000000900000006
DATA places<>+16(SB)/8, $0x0000000f0000000c
DATA places<>+24(SB)/8, $0x0000001500000012
GLOBL places<>(SB), RODATA|NOPTR, $32

// Numbers that are put into all eight places of a register.
DATA words<>+0(SB)/4, $0x00e2ffff  // the greatest below a character that begins with 0xe3
DATA words<>+4(SB)/4, $0x00ee0000  // the least above one that begins with 0xed
DATA words<>+8(SB)/4, $0x000f3f3f  // the bits of a character in its three bytes
DATA words<>+12(SB)/4, $0x00014001 // its last byte once, the middle one 64 times, the first once
DATA words<>+16(SB)/4, $0x10000001 // the first two of these once, the third 4096 times
DATA words<>+20(SB)/4, $0xfffffffd // all bits but charParticle
DATA words<>+24(SB)/4, $24         // the bytes of a block
GLOBL words<>(SB), RODATA|NOPTR, $28

// func wideAVX2(s string, class *[1 << 16]charClass, stop, prev charClass, pack *[256]uint64, out *stops) (read, n int, last charClass)
//
// SI and R9: what is left of s. DI and R8: the stops, and how many there are.
// Y8: classes of the eight characters before. Y9: where the next eight begin.
TEXT ·wideAVX2(SB), NOSPLIT, $0-68
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), R9
	MOVQ class+16(FP), BX
	MOVL stop+24(FP), AX
	MOVL prev+28(FP), CX
	MOVQ out+40(FP), DI
	XORL R8, R8
	MOVQ pack+32(FP), R10
	VMOVD AX, X7
	VMOVD CX, X8
	VPBROADCASTD X7, Y7
	VPBROADCASTD X8, Y8
	VMOVDQU places<>(SB), Y9
	VMOVDQU spread<>(SB), Y15
	VPBROADCASTD words<>+0(SB), Y14
	VPBROADCASTD words<>+4(SB), Y13
	VPBROADCASTD words<>+8(SB), Y12
	VPBROADCASTD words<>+12(SB), Y11
	VPBROADCASTD words<>+16(SB), Y10

block: // eight characters, 24 bytes; 28 are read
	CMPQ R9, $28
	JLT  done
	CMPQ R8, $const_stopRoom
	JGE  done
	VMOVDQU     (SI), X0
	VINSERTI128 $1, 12(SI), Y0, Y0
	VPSHUFB     Y15, Y0, Y0

	// Y1: which of them begin with 0xe3 to 0xed.
	VPCMPGTD Y14, Y0, Y1
	VPCMPGTD Y0, Y13, Y2
	VPAND    Y2, Y1, Y1

	// Y0: their numbers (charIndex). Y3: their classes, all eight looked up at once.
	VPAND      Y12, Y0, Y0
	VPMADDUBSW Y11, Y0, Y0
	VPMADDWD   Y10, Y0, Y0
	VPXOR      Y3, Y3, Y3
	VPCMPEQD   Y2, Y2, Y2
	VPGATHERDD Y2, (BX)(Y0*4), Y3

	// Y4, Y5, Y6: for each the class of the character before, and the two before that.
	VPERM2I128 $0x21, Y3, Y8, Y2
	VPALIGNR   $12, Y2, Y3, Y4
	VPALIGNR   $8, Y2, Y3, Y5
	VPALIGNR   $4, Y2, Y3, Y6
	VMOVDQA    Y3, Y8

	// Y3: what each is of what the one before it waits for; for a particle the three
	// before must be kanji.
	VPAND        Y5, Y6, Y6
	VPAND        Y4, Y6, Y6
	VPSRLD       $13, Y6, Y6 // charKanji to where charParticle is
	VPBROADCASTD words<>+20(SB), Y5
	VPOR         Y5, Y6, Y6
	VPSRLD       $16, Y4, Y4
	VPAND        Y4, Y3, Y3
	VPAND        Y7, Y3, Y3
	VPAND        Y6, Y3, Y3

	// DX: how many bytes of the block belong to the stretch.
	MOVL      $24, DX
	VMOVMSKPS Y1, AX
	XORL      $0xff, AX
	JEQ       note
	BSFL      AX, DX
	LEAL      (DX)(DX*2), DX
	VMOVD     DX, X0
	VPBROADCASTD X0, Y0
	VPCMPGTD  places<>(SB), Y0, Y0
	VPAND     Y0, Y3, Y3

note: // hits and places are moved together to the left (leftPack) and written, all eight
	VPXOR        Y0, Y0, Y0
	VPCMPGTD     Y0, Y3, Y0
	VMOVMSKPS    Y0, CX
	VPMOVZXBD    (R10)(CX*8), Y0
	VPERMD       Y3, Y0, Y1
	VPERMD       Y9, Y0, Y2
	VMOVDQU      Y1, stops_hits(DI)(R8*4)
	VMOVDQU      Y2, (DI)(R8*4)
	POPCNTL      CX, CX
	ADDQ         CX, R8
	VPBROADCASTD words<>+24(SB), Y0
	VPADDD       Y0, Y9, Y9
	ADDQ         DX, SI
	SUBQ         DX, R9
	CMPL         DX, $24
	JEQ          block

done:
	MOVQ    s_len+8(FP), AX
	SUBQ    R9, AX
	MOVQ    AX, read+48(FP)
	MOVQ    R8, n+56(FP)
	VEXTRACTI128 $1, Y8, X0
	VPEXTRD $3, X0, AX
	MOVL    AX, last+64(FP)
	VZEROUPPER
	RET
