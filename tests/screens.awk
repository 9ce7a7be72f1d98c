# Makes an SVG of lines as a terminal shows them, with colours (SGR 0, 1, 2, 22, 30-37, 39, 90-97). Called by screens.sh.
# Widths are in columns of the font, so that a browser without it keeps the shape.

BEGIN {
  split("#1d1f21 #ff6b6b #7bd88f #fce566 #70a5eb #c792ea #5ad4e6 #d4d7dd", colour, " ")
  text = "#d4d7dd"; column = 8.4; row = 18; left = 16; top = 44
  if (!columns) columns = 100
}

function escaped(part) {
  gsub(/&/, "\\&amp;", part); gsub(/</, "\\&lt;", part); gsub(/>/, "\\&gt;", part)
  # A space that no reader of SVG folds.
  gsub(/ /, "\\&#160;", part)
  return part
}

function span(part, at) {
  if (part == "") return ""
  if (part ~ /^ +$/) return ""
  style = (bold ? " font-weight=\"bold\"" : "") (faint ? " opacity=\"0.6\"" : "")
  return sprintf("<tspan x=\"%.1f\" textLength=\"%.1f\" fill=\"%s\"%s>%s</tspan>", left + at * column, length(part) * column, fill, style, escaped(part))
}

{
  fill = text; bold = faint = 0; at = 0; out = ""; rest = $0
  while (match(rest, /\033\[[0-9;]*m/)) {
    part = substr(rest, 1, RSTART - 1); codes = substr(rest, RSTART + 2, RLENGTH - 3); rest = substr(rest, RSTART + RLENGTH)
    out = out span(part, at); at += length(part)
    count = split(codes == "" ? "0" : codes, code, ";")
    for (i = 1; i <= count; i++) {
      c = code[i] + 0
      if (c == 0) { fill = text; bold = faint = 0 }
      else if (c == 1) bold = 1
      else if (c == 2) faint = 1
      else if (c == 22) bold = faint = 0
      else if (c == 39) fill = text
      else if (c >= 30 && c <= 37) fill = colour[c - 29]
      else if (c >= 90 && c <= 97) fill = colour[c - 89]
    }
  }
  out = out span(rest, at)
  line[NR] = out
}

END {
  width = left * 2 + columns * column; height = top + NR * row + 10
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", width, height, width, height
  printf "<title>kubectl indexedjob on a terminal</title>\n"
  printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1d1f21\"/>\n"
  split("#ff5f57 #febc2e #28c840", button, " ")
  for (i = 1; i <= 3; i++) printf "<circle cx=\"%d\" cy=\"18\" r=\"6\" fill=\"%s\"/>\n", 4 + i * 20, button[i]
  printf "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n"
  for (i = 1; i <= NR; i++) if (line[i] != "") printf "<text y=\"%d\">%s</text>\n", top + i * row - 6, line[i]
  printf "</g>\n</svg>\n"
}
