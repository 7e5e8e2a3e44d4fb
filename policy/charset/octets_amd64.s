#include "textflag.h"

// What may be wrong with two octets that follow each other, a bit for each: too short a
// character (0x01), too long a one (0x02), three octets where two would do (0x04), beyond the
// last character (0x08, 0x40), half of a pair of UTF-16 (0x10), two octets where one would do
// (0x20), two that go on (0x80: right behind the lead of three or four). It is wrong
// when all three tables say so: of the first octet's upper and lower half, and of the second's
// upper half.
DATA firstUpper<>+0(SB)/8, $0x0202020202020202
DATA firstUpper<>+8(SB)/8, $0x4915012180808080
GLOBL firstUpper<>(SB), RODATA|NOPTR, $16

DATA firstLower<>+0(SB)/8, $0xcbcbcb8b8383a3e7
DATA firstLower<>+8(SB)/8, $0xcbcbdbcbcbcbcbcb
GLOBL firstLower<>(SB), RODATA|NOPTR, $16

DATA secondUpper<>+0(SB)/8, $0x0101010101010101
DATA secondUpper<>+8(SB)/8, $0x01010101babaaee6
GLOBL secondUpper<>(SB), RODATA|NOPTR, $16

// Control characters but blanks and line ends: both tables say so of their halves.
DATA controlLower<>+0(SB)/8, $0x0303030303030303
DATA controlLower<>+8(SB)/8, $0x0703020202020203
GLOBL controlLower<>(SB), RODATA|NOPTR, $16

DATA controlUpper<>+0(SB)/8, $0x0400000000000201
DATA controlUpper<>+8(SB)/8, $0x0000000000000000
GLOBL controlUpper<>(SB), RODATA|NOPTR, $16

DATA octets<>+0(SB)/1, $0x0f
DATA octets<>+1(SB)/1, $0x60 // what makes 0x80 or more of the lead of three octets
DATA octets<>+2(SB)/1, $0x70 // the same of four
DATA octets<>+3(SB)/1, $0x80
GLOBL octets<>(SB), RODATA|NOPTR, $4

// func lookAVX2(data []byte) (read int, high, clean bool)
//
// SI: what is left of data, R9 whole blocks of it. Y7: the block before. Y6: all that
// was read, or-ed.
TEXT ·lookAVX2(SB), NOSPLIT, $0-34
	MOVQ data_base+0(FP), SI
	MOVQ data_len+8(FP), R9
	SHRQ $5, R9
	MOVQ SI, R10
	VBROADCASTI128 firstUpper<>(SB), Y15
	VBROADCASTI128 firstLower<>(SB), Y14
	VBROADCASTI128 secondUpper<>(SB), Y13
	VBROADCASTI128 controlLower<>(SB), Y12
	VBROADCASTI128 controlUpper<>(SB), Y11
	VPBROADCASTB octets<>+0(SB), Y10
	VPBROADCASTB octets<>+1(SB), Y9
	VPBROADCASTB octets<>+2(SB), Y8
	VPXOR Y7, Y7, Y7
	VPXOR Y6, Y6, Y6
	MOVB  $0, clean+33(FP)

block:
	DECQ R9
	JLT  done
	VMOVDQU (SI), Y0
	VPOR    Y0, Y6, Y6

	// Y1: the octet before each.
	VPERM2I128 $0x21, Y0, Y7, Y5
	VPALIGNR   $15, Y5, Y0, Y1

	// Y3: upper halves. Y2: what all three tables say.
	VPSRLW  $4, Y0, Y3
	VPAND   Y10, Y3, Y3
	VPSRLW  $4, Y1, Y2
	VPAND   Y10, Y2, Y2
	VPSHUFB Y2, Y15, Y2
	VPAND   Y10, Y1, Y1
	VPSHUFB Y1, Y14, Y1
	VPAND   Y1, Y2, Y2
	VPSHUFB Y3, Y13, Y1
	VPAND   Y1, Y2, Y2

	// Two that go on are right, and needed, two behind a lead of three or three behind one of four.
	VPALIGNR $14, Y5, Y0, Y1
	VPSUBUSB Y9, Y1, Y1
	VPALIGNR $13, Y5, Y0, Y4
	VPSUBUSB Y8, Y4, Y4
	VPOR     Y4, Y1, Y1
	VPBROADCASTB octets<>+3(SB), Y4
	VPAND    Y4, Y1, Y1
	VPXOR    Y1, Y2, Y2

	VPAND   Y10, Y0, Y4
	VPSHUFB Y4, Y12, Y4
	VPSHUFB Y3, Y11, Y3
	VPAND   Y4, Y3, Y3
	VPOR    Y3, Y2, Y2
	VPTEST  Y2, Y2
	JNZ     return
	VMOVDQA Y0, Y7
	ADDQ    $32, SI
	JMP     block

done:
	MOVB $1, clean+33(FP)

return:
	VPMOVMSKB Y6, AX
	TESTL AX, AX
	SETNE high+32(FP)
	SUBQ  R10, SI
	MOVQ  SI, read+24(FP)
	VZEROUPPER
	RET
