package io.babble.files;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Recognizes text in UTF-16, which would be learned as letters and NULs. */
final class Utf16 {
    private static final int LITTLE_ENDIAN_MARK = 0xFFFE;
    private static final int BIG_ENDIAN_MARK = 0xFEFF;

    /** Fewer characters may have NULs for other reasons. */
    private static final int MIN_UNITS = 8;

    private Utf16() {}

    /**
     * Refuses a file that begins with these bytes: with a byte order mark, or with NULs at most of its odd or of its
     * even positions, as Latin text has them.
     *
     * @throws UnusableFileException with the command that converts the file
     */
    static void refuse(ByteBuffer begin, Path file) throws UnusableFileException {
        String encoding = encoding(begin);
        if (encoding != null) {
            throw new UnusableFileException(file + " is " + encoding + ", not UTF-8. To convert it: iconv -f "
                    + encoding + " -t UTF-8 '" + file + "' > FILE");
        }
    }

    private static String encoding(ByteBuffer begin) {
        int units = begin.remaining() / 2;
        int mark = units == 0 ? 0 : begin.getChar(0);
        if (mark == LITTLE_ENDIAN_MARK || mark == BIG_ENDIAN_MARK) {
            return "UTF-16";
        }
        int[] nuls = new int[2];
        for (int at = 0; at < 2 * units; at++) {
            nuls[at % 2] += begin.get(at) == 0 ? 1 : 0;
        }
        if (units < MIN_UNITS || (nuls[0] > units / 2 && nuls[1] > units / 2)) {
            return null;
        }
        return nuls[1] > units / 2 ? "UTF-16LE" : nuls[0] > units / 2 ? "UTF-16BE" : null;
    }
}
