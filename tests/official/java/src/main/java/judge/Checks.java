package judge;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Checks as lines of JSON, for the harness. */
final class Checks {
  /** What one check does; an exception fails it. */
  interface Body {
    void run() throws Exception;
  }

  private Checks() {}

  static void check(String name, Body body) {
    String failure = "";
    try {
      body.run();
    } catch (Throwable thrown) {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      failure = text.toString();
    }
    JsonObject line = new JsonObject();
    line.addProperty("check", name);
    line.addProperty("ok", failure.isEmpty());
    line.addProperty("detail", failure.substring(0, Math.min(failure.length(), 2000)));
    System.out.println(line);
  }

  static void equal(Object found, Object wanted) {
    if (found == null ? wanted != null : !found.equals(wanted)) {
      throw new AssertionError("found " + found + ", wanted " + wanted);
    }
  }

  static void that(boolean holds, String said) {
    if (!holds) throw new AssertionError(said);
  }

  /** The exception that the body is refused with. */
  static Exception refused(Body body) {
    try {
      body.run();
    } catch (Exception raised) {
      return raised;
    }
    throw new AssertionError("it was not refused");
  }
}
