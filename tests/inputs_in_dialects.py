"""Files in which numbers, lines or characters are written otherwise, and what must come of them."""

from inputs import AS_USUAL, DOUBLE, SCORE, Input, packed

from strategies import Dialect, Workload

GERMAN = Dialect(delimiter=";", decimal=",", thousands=".")


def becomes(
    data: str, output: str, dialect: Dialect = AS_USUAL, workload: Workload = DOUBLE
) -> Input:
    """A file in the dialect's encoding and exactly what it becomes."""
    encoded, wanted = data.encode(dialect.encoding), output.encode(dialect.encoding)
    return Input(encoded, "", workload, dialect, wanted)


def refused(
    data: str | bytes, why: str, dialect: Dialect = AS_USUAL, workload: Workload = DOUBLE
) -> Input:
    """A file that is refused."""
    return Input(data.encode() if isinstance(data, str) else data, why, workload, dialect)


def number_refused(
    text: str, why: str, workload: Workload = DOUBLE, dialect: Dialect = AS_USUAL
) -> Input:
    """A file of one number that is none, and what is said of it."""
    return refused(f'old_column,quantity\n"{text}","{text}"\n', why, dialect, workload)


INPUTS_IN_DIALECTS = {
    # Records keep their own bytes
    "quotes stay": becomes(
        'old_column,"t"\n1,"a"\n"2",""\n3,\n"4" ,x\n',
        'old_column,"t",new_column\n1,"a",2.0\n"2","",4.0\n3,,6.0\n"4" ,x,8.0\n',
    ),
    "odd quotes stay": becomes(
        'old_column,t\n1,"a"b\n2,"a""b" "c"\n3,5" nail\n4,"x\ny"\n',
        'old_column,t,new_column\n1,"a"b,2.0\n2,"a""b" "c",4.0\n3,5" nail,6.0\n4,"x\ny",8.0\n',
    ),
    "quotes stay, CRLF and lone CR": becomes(
        'old_column,t\r\n1,"a\rb"\r\n2,"c"\r3,""\r\n',
        'old_column,t,new_column\r\n1,"a\rb",2.0\r\n2,"c",4.0\r\n3,"",6.0\r\n',
    ),
    "one column, blank lines": becomes(
        "old_column\n1\n\n2\n\n\n", "old_column,new_column\n1,2.0\n,\n2,4.0\n,\n,\n"
    ),
    "one column, CRLF, quotes, blank lines": becomes(
        'old_column\r\n\r\n""\r\n"1"\r\n', 'old_column,new_column\r\n,\r\n"",\r\n"1",2.0\r\n'
    ),
    "one column, nothing but blank lines": becomes(
        "old_column\n\n\n", "old_column,new_column\n,\n,\n"
    ),
    "one column, error behind a blank line": refused(
        "old_column\n1\n\nx\n", "record 3, at byte 14: .* 'x'"
    ),
    "an empty field behind a lone CR": becomes(
        "c,old_column,d\na,1,7\r\n\r,5,8\r\n", "c,old_column,d,new_column\na,1,7,2.0\n,5,8,10.0\n"
    ),
    "an empty field behind lone CRs, and quotes": becomes(
        'c;d;old_column\na;b;1\r\r;"q";5\n',
        'c;d;old_column;new_column\na;b;1;2.0\n;"q";5;10.0\n',
        Dialect(";"),
    ),
    # Lines before the header
    "sep=": becomes("sep=;\nold_column;t\n1;a\n", "sep=;\nold_column;t;new_column\n1;a;2.0\n"),
    "sep= in quotes, BOM, CRLF": becomes(
        '\ufeff"sep=\t"\r\nt\told_column\r\na\t1\r\n',
        '\ufeff"sep=\t"\r\nt\told_column\tnew_column\r\na\t1\t2.0\r\n',
    ),
    "SEP=, the same delimiter": becomes(
        "SEP=,\nold_column\n1\n", "SEP=,\nold_column,new_column\n1,2.0\n", Dialect(",")
    ),
    "sep=, another delimiter": refused(
        "sep=;\nold_column;t\n1;a\n",
        "says sep=;, but .* is ','; leave out --delimiter, or .* --skip-lines 1",
        Dialect(","),
    ),
    "sep=, skipped for another delimiter": becomes(
        "sep=;\nold_column,t\n1,a\n",
        "sep=;\nold_column,t,new_column\n1,a,2.0\n",
        Dialect(",", skip_lines=1),
    ),
    "sep= of what cannot separate": refused(
        "sep=a\nold_column\n1\n", "or is line 2 the header .--skip-lines 1.[?]$"
    ),
    "sep= of what cannot separate, skipped": becomes(
        "sep=a\nold_column\n1\n", "sep=a\nold_column,new_column\n1,2.0\n", Dialect(skip_lines=1)
    ),
    "sep= is a column": becomes("sep=,old_column\n,1\n", "sep=,old_column,new_column\n,1,2.0\n"),
    "sep= of a pipe": becomes("sep=|\nold_column\n1\n", "sep=|\nold_column|new_column\n1|2.0\n"),
    "lines skipped": becomes(
        'A report,"\n\nold_column,t\n1,a\n',
        'A report,"\n\nold_column,t,new_column\n1,a,2.0\n',
        Dialect(skip_lines=2),
    ),
    "all lines skipped": refused("a\nb\n", "has only 2 lines; skip fewer", Dialect(skip_lines=3)),
    "lines before the header, unasked": refused(
        "A report\nof today\nold_column,t\n1,a\n", "is line 3 the header .--skip-lines 2.\\?$"
    ),
    "another delimiter behind a line, unasked": refused(
        "A report\nold_column;t\n1;a\n", "is line 2 the header .--skip-lines 1 --delimiter ';'.\\?$"
    ),
    "comment before the header, unasked": refused(
        "# made by hand\n# today\nold_column,t\n1,a\n", "is line 1 a comment .--comment '#'.\\?$"
    ),
    "blank line before the header": becomes(
        "\r\nold_column\r\n1\r\n", "\r\nold_column,new_column\r\n1,2.0\r\n", Dialect(skip_lines=1)
    ),
    "blank line before the header, unasked": refused("\nold_column\n1\n", "has no .* --skip-lines"),
    "sep= and a digit is a column": becomes(
        "sep=1,old_column\nx,1\n", "sep=1,old_column,new_column\nx,1,2.0\n"
    ),
    "an empty row before the header, unasked": refused(
        ";;\nold_column;b;c\n1;x;y\n", "is line 2 the header .--skip-lines 1.[?]$", Dialect(";")
    ),
    "no text before the header": refused(
        b"\xff\nold_column\n1\n", "the header: byte 0 is 0xff", Dialect(skip_lines=1)
    ),
    # Comments
    "comments": becomes(
        '# it\'s "a\n#,"b\nold_column,t\n1,a\n#,"c\n#\n2,"x\n# no comment"\n\n# end',
        '# it\'s "a\n#,"b\nold_column,t,new_column\n1,a,2.0\n2,"x\n# no comment",4.0\n',
        Dialect(comment="#"),
    ),
    "comments, one column, CRLF": becomes(
        "old_column\r\n#1\r\n1\r\n\r\n#x\r\n",
        "old_column,new_column\r\n1,2.0\r\n,\r\n",
        Dialect(comment="#"),
    ),
    "comments behind lone CR": becomes(
        'old_column,t\n1,a\r#,"\r2,b\n',
        "old_column,t,new_column\n1,a,2.0\n2,b,4.0\n",
        Dialect(comment="#"),
    ),
    "nothing but comments": becomes(
        "#\nold_column\n#1\n#2\n", "#\nold_column,new_column\n", Dialect(comment="#")
    ),
    "a name like a comment": becomes(
        "a,old_column\n%x,1\n #x,2\n", "a,old_column,new_column\n #x,2,4.0\n", Dialect(comment="%")
    ),
    "skipped lines and comments": becomes(
        "title\n% c\nold_column\n1\n",
        "title\n% c\nold_column,new_column\n1,2.0\n",
        Dialect(comment="%", skip_lines=1),
    ),
    "an error behind comments": refused(
        "old_column,t\n#1\n1,a\n#\nx,b\n", "record 2, at byte 22: .* 'x'", Dialect(comment="#")
    ),
    "a quote never closed behind comments": refused(
        'old_column,t\n#,"\n1,a\n2,"b\n',
        "record 2, at byte 21: the quote at byte 23 is never",
        Dialect(comment="#"),
    ),
    "a comment with a lone CR before the header": becomes(
        "#a\rb\nold_column\n1\n", "#a\rb\nold_column,new_column\n1,2.0\n", Dialect(comment="#")
    ),
    "no text in a comment": refused(
        b"old_column\n1\n#\xff\n", "byte 14 is 0xff, which is not UTF-8", Dialect(comment="#")
    ),
    "a comment of two characters": refused(
        "a\n", "comment character '//' is not", Dialect(comment="//")
    ),
    # Numbers
    "decimal comma": becomes(
        "old_column;t\n1,25;a\n-0,5;b\n,5;c\n1,;d\n3;e\n1,5e3;f\n",
        "old_column;t;new_column\n1,25;a;2,5\n-0,5;b;-1,0\n,5;c;1,0\n1,;d;2,0\n3;e;6,0\n"
        "1,5e3;f;3000,0\n",
        Dialect(";", decimal=","),
    ),
    "decimal comma between commas": becomes(
        'old_column,t\n"1,25",a\n',
        'old_column,t,new_column\n"1,25",a,"2,5"\n',
        Dialect(decimal=","),
    ),
    "points and decimal comma": becomes(
        "old_column;t\n1.234,56;a\n12.345.678;b\n-1.000;c\n999,5;d\n1e22;e\n",
        "old_column;t;new_column\n1.234,56;a;2.469,12\n12.345.678;b;24.691.356,0\n"
        "-1.000;c;-2.000,0\n999,5;d;1.999,0\n1e22;e;2e+22\n",
        GERMAN,
    ),
    "thousands, whole": becomes(
        "quantity;t\n1.000;a\n7;b\n", "quantity;t;score\n1.000;a;1.001\n7;b;16.476\n", GERMAN, SCORE
    ),
    "dollars": becomes(
        'old_column,t\n"$1,200.50",a\n-$1,b\n$-2,c\n3 $,d\n4,e\n',
        'old_column,t,new_column\n"$1,200.50",a,"2,401.0"\n'
        "-$1,b,-2.0\n$-2,c,-4.0\n3 $,d,6.0\n4,e,8.0\n",
        Dialect(thousands=",", currency="$"),
    ),
    "narrow blanks between digits": becomes(
        "old_column;t\n1\u202f234,5 \u20ac;a\n",
        "old_column;t;new_column\n1\u202f234,5 \u20ac;a;2\u202f469,0\n",
        Dialect(";", ",", "\u202f", "\u20ac"),
    ),
    "an exponent behind thousands": becomes(
        "old_column;t\n1,000e3;a\n",
        "old_column;t;new_column\n1,000e3;a;2,000,000.0\n",
        Dialect(";", thousands=","),
    ),
    "no-break space before the currency": becomes(
        "old_column;t\n5\u00a0€;a\n",
        "old_column;t;new_column\n5\u00a0€;a;10,0\n",
        Dialect(";", ",", "\u00a0", "€"),
    ),
    "groups of two": refused(
        "old_column\n12.34\n", "'12.34', whose digits are not in threes between '.'", GERMAN
    ),
    "a point under decimal comma": refused(
        "old_column\n1.5\n", "has a point, and its decimal mark is a comma", Dialect(decimal=",")
    ),
    "thousands behind the decimal mark": refused(
        "old_column\n1,234.5\n", "'1,234.5', which", GERMAN
    ),
    "infinite, decimal comma": becomes(
        "old_column;t\ninf;a\nNaN;b\n", "old_column;t;new_column\ninf;a;inf\nNaN;b;\n", GERMAN
    ),
    "decimal comma, unasked": number_refused("1,25", "use --decimal comma, if that is how"),
    "thousands, unasked": number_refused("12,345,678", "use --thousands comma, if"),
    "which of both, unasked": number_refused(
        "1,200", "use --thousands comma or --decimal comma, if"
    ),
    "both, unasked": number_refused("1.234,56", "use --decimal comma --thousands point, if"),
    "blanks, unasked": number_refused("1 000", "use --thousands space, if"),
    "dollars, unasked": number_refused("$1,200", "--thousands comma --currency '[$]'"),
    "per cent": number_refused("5%", "a number; correct it, or choose another column"),
    "euros, unasked": number_refused("EUR 5", "use --currency EUR, if"),
    "reals, unasked": number_refused("R$5", "use --currency 'R[$]', if"),
    "euros behind, unasked": number_refused("5\u00a0€", "use --currency '€', if"),
    "thousands, whole, unasked": number_refused(
        "1.000", "use --decimal comma --thousands point, if", SCORE
    ),
    "the decimal mark groups digits": refused(
        "a\n", "'.' cannot be the decimal mark and group digits", Dialect(thousands=".")
    ),
    "whole numbers beyond 2^53": number_refused(
        "9007199254740993", "beyond 2.53, to which float64 is exact; write it with a decimal point"
    ),
    "whole numbers beyond 2^53 that float64 has": number_refused("144115188075855872", "beyond 2"),
    "whole numbers up to 2^53": becomes(
        "old_column,t\n9007199254740992,a\n-9007199254740991,b\n9007199254740993.0,c\n",
        "old_column,t,new_column\n9007199254740992,a,1.8014398509481984e+16\n"
        "-9007199254740991,b,-1.8014398509481982e+16\n9007199254740993.0,c,1.8014398509481984e+16\n",
    ),
    "whole numbers beyond 2^53, whole": becomes(
        "quantity,t\n9007199254740993,a\n",
        "quantity,t,score\n9007199254740993,a,2393\n",
        workload=SCORE,
    ),
    # No value
    "spellings of nothing": becomes(
        "old_column,t\nNULL,a\n-,b\n\\N,c\n<NA>,d\n#N/A,e\n0,f\n1,g\n",
        "old_column,t,new_column\nNULL,a,\n-,b,\n\\N,c,\n<NA>,d,\n#N/A,e,\n0,f,\n1,g,2.0\n",
        Dialect(missing=("NULL", "-", "\\N", "<NA>", "#N/A", "0")),
    ),
    "NULL, unasked": number_refused("NULL", r"use --missing NULL .*NA, NaN, nan do"),
    "\\N, unasked": number_refused("\\N", r"holds '\\N', .* use --missing '\\N' "),
    "-, unasked": number_refused("-", "use --missing=- "),
    "--, unasked": number_refused("--", "use --missing=-- "),
    "a point, unasked": number_refused(".", r"use --missing [.] if"),
    "a division by zero, unasked": number_refused("#DIV/0!", r"use --missing '#DIV/0!' if"),
    "a blank, unasked": number_refused(" ", r"use --missing ' ' if"),
    "None, whole, unasked": number_refused("None", "use --missing None .*NA, NaN, nan do", SCORE),
    "more that is nothing": number_refused(
        "?", "NA, NaN, nan, -9 do", dialect=Dialect(missing=("-9",))
    ),
    # Encodings
    "windows": becomes(
        "old_column;straße €\n1,5;é\n",
        "old_column;straße €;new_column\n1,5;é;3,0\n",
        Dialect(";", ",", encoding="cp1252"),
    ),
    "UTF-16": becomes(
        "old_column,\uac12\n1,\U0001f600\n",
        "old_column,\uac12,new_column\n1,\U0001f600,2.0\n",
        Dialect(encoding="utf-16"),
    ),
    "UTF-16, big, marked": Input(
        "\ufeffold_column\n1\n".encode("utf-16-be"),
        dialect=Dialect(encoding="utf-16"),
        output="\ufeffold_column,new_column\n1,2.0\n".encode("utf-16-be"),
    ),
    "Korean": becomes(
        "old_column,값\n1,가\n", "old_column,값,new_column\n1,가,2.0\n", Dialect(encoding="euc-kr")
    ),
    "an encoding with states": becomes(
        "old_column,t\n1,日本\n",
        "old_column,t,new_column\n1,日本,2.0\n",
        Dialect(encoding="iso2022_jp"),
    ),
    "UTF-8 with a mark": becomes(
        "old_column\n1\n", "old_column,new_column\n1,2.0\n", Dialect(encoding="utf-8-sig")
    ),
    "not so encoded": refused(
        "old_column,t\n1,é\n".encode("cp1252"),
        r"is not in euc-kr \(byte 15 is 0xe9",
        Dialect(encoding="euc-kr"),
    ),
    "no such encoding": refused(
        "a\n", "there is no encoding 'klingon'", Dialect(encoding="klingon")
    ),
    "no encoding of text": refused(
        "a\n", "there is no encoding 'base64'", Dialect(encoding="base64")
    ),
    "other bytes for the same text": Input(
        b"old_column,b\n1,\x87\x90\n",
        "behind byte 15, .* other bytes in cp932",
        dialect=Dialect(encoding="cp932"),
    ),
    "escapes are no encoding": refused(
        "old_column,b\n1,x\n", "other bytes in unicode_escape", Dialect(encoding="unicode_escape")
    ),
    "no ASCII": refused(
        "old_column,b\n1,é\n", "is not in ascii .byte 15 is 0xc3", Dialect(encoding="ascii")
    ),
    # No CSV at all
    "Excel": refused(
        packed("[Content_Types].xml", "xl/workbook.xml"),
        "is an Excel workbook, not CSV; save it as",
    ),
    "OpenDocument": refused(
        packed("mimetype", "content.xml"), "is an OpenDocument file, not CSV; save it"
    ),
    "zip of two files": refused(
        packed("a.csv", "b.csv"), "zip archive of 2 files; .* MEMBER > FILE"
    ),
    "zip, cut off": refused(packed("a.csv")[:40], "zip archive of 0 files"),
    "old Excel": refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Excel workbook, not CSV"
    ),
    "Parquet": refused(
        b"PAR1" + bytes(100), r"a Parquet file, not CSV; .*pandas.read_parquet\('.*'\)"
    ),
    "ORC": refused(b"ORC\x0a\x03" + bytes(50), r"an ORC file, not CSV; .*pandas.read_orc"),
    "like ORC": becomes("ORCID,old_column\n1,2\n", "ORCID,old_column,new_column\n1,2,4.0\n"),
    "like DuckDB": becomes(
        "abcdefg,DUCK,old_column\n,,1\n", "abcdefg,DUCK,old_column,new_column\n,,1,2.0\n"
    ),
    "SQLite": refused(
        b"SQLite format 3\0" + bytes(100), "an SQLite database, not CSV; .*sqlite3 -header"
    ),
    "HTML": refused("<!DOCTYPE html>\n<html>", "is an HTML page, not CSV"),
    "JSON": refused('[{"old_column": 1}]', "is JSON, not CSV; "),
    "JSON lines": refused('{"old_column": 1}\n{"old_column": 2}\n', "is JSON, not CSV; "),
    "XML": refused('<?xml version="1.0"?><a/>', "is XML, not CSV"),
    "HTML table": refused('<table border="1">\n', "is an HTML table, not CSV"),
    "pickle": refused(b"\x80\x05\x95\x10" + bytes(20), "is a Python pickle, not CSV"),
    "a list of numbers": refused("[1, 2]\n", "is JSON, not CSV"),
    "long JSON": refused('[{"old_column": 1, "t": "' + "x" * 600 + '"}]', "is JSON, not CSV"),
    "a long list": refused("[" + "1.25, " * 200 + "1]", "is JSON, not CSV"),
    "a header that begins with a bracket": becomes(
        "[0,old_column\na,1\n", "[0,old_column,new_column\na,1,2.0\n"
    ),
    "a header of brackets": becomes(
        '[],"{""a"":1}",old_column\na,b,1\n', '[],"{""a"":1}",old_column,new_column\na,b,1,2.0\n'
    ),
    "DuckDB": refused(bytes(8) + b"DUCK" + bytes(50), "is a DuckDB database"),
    "empty zip": refused(b"PK\x05\x06" + bytes(18), "zip archive of 0 files"),
    "zip of a name with brackets": refused(
        packed("a [b].csv"), r"unzip -p \S+ 'a \\\[b].csv' > FILE"
    ),
    "Git LFS": refused(
        "version https://git-lfs.github.com/spec/v1\noid x\n", "pointer.* git lfs pull"
    ),
    "tar": refused(
        b"a.csv".ljust(257, b"\0") + b"ustar\x0000".ljust(300, b"\0"), "tar archive; .* tar -xOf"
    ),
    # Names that look alike
    "another case": refused(
        "Old_Column,t\n1,a\n", "nearest is 'Old_Column': mind upper and lower case"
    ),
    "another case and a blank": refused(
        "Old_Column ,t\n1,a\n", "mind upper and lower case, and the blanks .it has 0 in front and 1"
    ),
    "a blank for an underscore": refused(
        "old column\n", "at character 4 it has U.0020 SPACE, not '_'"
    ),
    "a Cyrillic o": refused(
        "\u043eld_column\n", "character 1 it has U.043E CYRILLIC SMALL LETTER O, not 'o'"
    ),
    "an unseen character": refused("old\u200b_column\n", "U.200B ZERO WIDTH SPACE, not nothing"),
    "no-break space behind": refused("old_column\u00a0\n", "0 in front and 1 behind"),
    "nothing alike": refused("a,b\n", "choose with --column from: a, b$"),
}
