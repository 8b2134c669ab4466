package judge;

import com.aliyun.odps.data.Binary;
import com.aliyun.odps.data.Char;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.Varchar;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One table with every scalar type, and rows at the ends of them. */
final class Rows {
  static final String COLUMNS =
      "a_tiny tinyint, a_small smallint, an_int int, a_big bigint, a_float float, a_double double,"
          + " a_decimal decimal(38,18), a_bool boolean, a_string string, a_char char(5), a_varchar varchar(10),"
          + " a_binary binary, a_date date, a_datetime datetime, a_timestamp timestamp, a_ntz timestamp_ntz";
  static final int WIDTH = 16;

  static final List<List<Object>> ALL = List.of(
      Arrays.asList(
          (byte) -128, (short) -32768, Integer.MIN_VALUE, -9223372036854775807L, 0.1f, -1.5e300,
          new BigDecimal("-12345678901234567890.123456789012345678"), true, "Zürich \"雪\" \uD83D\uDE00\n",
          new Char("ab"), new Varchar("varchar"), new Binary(new byte[] {0, -1, -128}),
          LocalDate.of(1, 1, 1), Instant.parse("2024-02-29T13:14:15.678Z").atZone(ZoneOffset.UTC),
          Instant.parse("1969-12-31T23:59:59.123456789Z"), LocalDateTime.of(2024, 5, 6, 7, 8, 9, 1)),
      Arrays.asList(
          (byte) 127, (short) 32767, Integer.MAX_VALUE, Long.MAX_VALUE, -0.25f, Double.POSITIVE_INFINITY,
          new BigDecimal("0.000000000000000001"), false, "", new Char(""), new Varchar(""), new Binary(new byte[0]),
          LocalDate.of(9999, 12, 31), Instant.parse("1930-01-01T00:00:00Z").atZone(ZoneOffset.UTC),
          Instant.parse("2262-04-11T00:00:00Z"), LocalDateTime.of(1970, 1, 1, 0, 0)),
      Collections.nCopies(WIDTH, null));

  private Rows() {}

  /** The values of a record as text that does not depend on the class that holds them. */
  static String shown(Record record) {
    StringBuilder text = new StringBuilder();
    for (int column = 0; column < record.getColumnCount(); column++) {
      text.append(text.length() > 0 ? " | " : "").append(shown(record.get(column)));
    }
    return text.toString();
  }

  static String shown(Object value) {
    if (value == null) return "NULL";
    if (value instanceof byte[]) return new String((byte[]) value, StandardCharsets.UTF_8);
    if (value instanceof Binary) return Arrays.toString(((Binary) value).data());
    if (value instanceof Char) return ((Char) value).getValue().stripTrailing();
    if (value instanceof BigDecimal) return ((BigDecimal) value).stripTrailingZeros().toPlainString();
    if (value instanceof java.time.ZonedDateTime) return ((java.time.ZonedDateTime) value).toInstant().toString();
    if (value instanceof java.sql.Timestamp) return ((java.sql.Timestamp) value).toInstant().toString();
    if (value instanceof java.sql.Date) return ((java.sql.Date) value).toLocalDate().toString();
    if (value instanceof java.util.Date) return ((java.util.Date) value).toInstant().toString();
    return value.toString();
  }
}
