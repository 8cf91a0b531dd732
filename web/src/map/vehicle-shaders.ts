/** The two small programs that draw one vehicle as a square of pixels around its place. */
import { FLAG, HEADING_UNKNOWN } from '../live/frame';
import { SHAPE, STALE_MS } from './vehicle-look';

export const VERTEX = `#version 300 es
precision highp float;
precision highp int;
uniform mat4 u_matrix;      // from distances to the origin to the screen
uniform ivec2 u_origin;     // near the middle of the map
uniform vec2 u_pixel;       // one CSS pixel in clip units
uniform float u_now;        // ms since the last frame came
uniform float u_since;      // ms of the server's since it made the last frame
uniform float u_radius;     // CSS pixels of a plain vehicle
uniform int u_chosen_slot;  // -1 when none is chosen
uniform int u_classes;      // which are shown, a bit each
uniform int u_shapes;
uniform int u_marked;       // 0: those that are neither in alarm nor chosen, 1: those that are
layout(location = 0) in ivec4 a_way;    // from and to
layout(location = 1) in vec3 a_times;   // start and length of the glide, age of the fix, ms
layout(location = 2) in uvec4 a_look;   // heading, flags, class, shape
out vec2 v_turned;
out vec2 v_flat;
flat out vec2 v_look;
flat out float v_radius;

const vec2 CORNERS[4] = vec2[4](vec2(-1, -1), vec2(1, -1), vec2(-1, 1), vec2(1, 1));

void main() {
  int kind = int(a_look.z);
  int shape = int(a_look.w);
  if (shape < ${SHAPE.ring} && a_times.z + u_since > ${STALE_MS}.0) shape = ${SHAPE.ring};
  bool alarm = (a_look.y & ${FLAG.alarm}u) != 0u;
  bool chosen = gl_InstanceID == u_chosen_slot;
  bool marked = alarm || chosen;
  bool shown = marked || (((u_classes >> kind) & 1) != 0 && ((u_shapes >> shape) & 1) != 0);
  if (!shown || marked != (u_marked == 1)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);   // outside of everything
    return;
  }
  vec2 corner = CORNERS[gl_VertexID];
  float share = a_times.y > 0.0 ? clamp((u_now - a_times.x) / a_times.y, 0.0, 1.0) : 1.0;
  vec4 place = u_matrix * vec4(mix(vec2(a_way.xy - u_origin), vec2(a_way.zw - u_origin), share), 0.0, 1.0);
  float heading = a_look.x == ${HEADING_UNKNOWN}u ? 0.0 : radians(float(a_look.x) * 2.0);
  float s = sin(heading), c = cos(heading);
  v_radius = u_radius * (marked ? 1.7 : 1.0);
  v_flat = corner;
  v_turned = vec2(corner.x * c - corner.y * s, corner.x * s + corner.y * c);
  v_look = vec2(shape, (alarm ? 1 : 0) + (chosen ? 2 : 0) + 4 * kind);
  gl_Position = place + vec4(corner * v_radius * u_pixel * place.w, 0.0, 0.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_body;
uniform vec3 u_quiet;
uniform vec3 u_help;
uniform vec3 u_edge;
uniform vec3 u_alarm;
uniform vec3 u_chosen;
uniform float u_opacity;
in vec2 v_turned;
in vec2 v_flat;
flat in vec2 v_look;
flat in float v_radius;
out vec4 colour;

const vec2 ARROW[4] = vec2[4](vec2(0.0, 0.88), vec2(0.62, -0.72), vec2(0.0, -0.38), vec2(-0.62, -0.72));

// Signed distance to a polygon; the usual walk over its edges.
float arrow(vec2 p) {
  float d = dot(p - ARROW[0], p - ARROW[0]);
  float side = 1.0;
  for (int i = 0, j = 3; i < 4; j = i, i++) {
    vec2 e = ARROW[j] - ARROW[i];
    vec2 w = p - ARROW[i];
    vec2 b = w - e * clamp(dot(w, e) / dot(e, e), 0.0, 1.0);
    d = min(d, dot(b, b));
    bvec3 cond = bvec3(p.y >= ARROW[i].y, p.y < ARROW[j].y, e.x * w.y > e.y * w.x);
    if (all(cond) || all(not(cond))) side = -side;
  }
  return side * sqrt(d);
}

float octagon(vec2 p, float r) {
  p = abs(p);
  return max(max(p.x, p.y), (p.x + p.y) * 0.70710678) - r;
}

float square(vec2 p, float r) {
  return max(abs(p.x), abs(p.y)) - r;
}

// The shapes of vehicle-look.ts, in their order.
float glyph(vec2 turned, vec2 flat_, float shape) {
  if (shape < 0.5) return arrow(turned);
  if (shape < 1.5) return length(flat_) - 0.5;
  if (shape < 2.5) return square(flat_, 0.46);
  float ring = abs(length(flat_) - 0.55) - 0.14;
  return shape < 3.5 || flat_.y < 0.0 ? ring : max(ring, 0.3 - abs(flat_.x));
}

// The class, as a mark within the shape: a diamond for dangerous goods, a bar for goods, a cross for those who help.
float mark(vec2 p, float kind) {
  if (kind < 0.5 || (kind > 2.5 && kind < 4.5)) return 1.0;
  if (kind < 1.5) return abs(p.x) + abs(p.y) - 0.26;
  if (kind < 2.5) return max(abs(p.x) - 0.27, abs(p.y) - 0.09);
  return min(max(abs(p.x) - 0.29, abs(p.y) - 0.1), max(abs(p.x) - 0.1, abs(p.y) - 0.29));
}

void main() {
  float soft = 1.2 / v_radius;
  bool alarm = mod(v_look.y, 2.0) > 0.5;
  bool chosen = mod(v_look.y, 4.0) > 1.5;
  float kind = floor(v_look.y / 4.0);
  bool hollow = v_look.x > 2.5;
  vec3 own = kind > 4.5 ? u_help : (kind > 0.5 && kind < 1.5 ? u_body : u_quiet);
  float scale = alarm ? 0.62 : (chosen ? 0.59 : 1.0);
  float d = glyph(v_turned / scale, v_flat / scale, v_look.x) * scale;
  float body = 1.0 - smoothstep(-soft, 0.0, d);
  // An arrow's middle lies behind the middle of its square.
  vec2 centre = v_look.x < 0.5 ? (v_turned / scale + vec2(0.0, 0.1)) : v_flat / scale;
  float m = mark(centre, kind);
  float marked = hollow || v_radius < 8.0 ? 0.0 : 1.0 - smoothstep(0.0, soft, m * scale);
  float rim = 1.0 - smoothstep(0.0, soft, d - 1.6 / v_radius);
  vec4 ink;
  if (alarm) {
    float o = octagon(v_flat, 0.86);
    float plate = 1.0 - smoothstep(-soft, 0.0, o);
    float frame = 1.0 - smoothstep(0.0, soft, o - 1.6 / v_radius);
    vec3 inner = mix(u_alarm, mix(vec3(1.0), u_alarm, marked), body);
    ink = vec4(mix(vec3(1.0), inner, plate), frame);
  } else {
    ink = vec4(mix(u_edge, mix(own, u_edge, marked), body), max(rim * 0.9, body));
  }
  if (chosen) {
    float ring = abs(length(v_flat) - 0.93) - 1.6 / v_radius;
    float drawn = 1.0 - smoothstep(-soft * 0.5, soft * 0.5, ring);
    ink = mix(ink, vec4(u_chosen, 1.0), drawn);
  }
  float alpha = ink.a * u_opacity;
  if (alpha < 0.01) discard;
  colour = vec4(ink.rgb * alpha, alpha);
}`;
