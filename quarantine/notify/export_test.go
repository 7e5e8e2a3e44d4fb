package notify

// DisplayWidth and Columns let tests measure what a reader sees.
var DisplayWidth = displayWidth

// Columns is the widest line.
const Columns = columns
