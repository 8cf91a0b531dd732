/** The two small programs that draw one vehicle as a square of pixels around its place. */

export const VERTEX = `#version 300 es
precision highp float;
uniform mat4 u_matrix;      // from "relative to the origin" to the screen
uniform vec2 u_pixel;       // one CSS pixel in clip units
uniform float u_now;        // ms since the columns were copied
uniform float u_radius;     // CSS pixels of a plain vehicle
layout(location = 0) in vec2 a_from;
layout(location = 1) in vec2 a_to;
layout(location = 2) in vec2 a_glide;   // start and length, ms
layout(location = 3) in vec3 a_look;    // heading in radians, shape, alarm + 2 chosen + 4 class
out vec2 v_turned;
out vec2 v_flat;
flat out vec2 v_look;
flat out float v_radius;

const vec2 CORNERS[4] = vec2[4](vec2(-1, -1), vec2(1, -1), vec2(-1, 1), vec2(1, 1));

void main() {
  vec2 corner = CORNERS[gl_VertexID];
  float share = a_glide.y > 0.0 ? clamp((u_now - a_glide.x) / a_glide.y, 0.0, 1.0) : 1.0;
  vec4 place = u_matrix * vec4(mix(a_from, a_to, share), 0.0, 1.0);
  float s = sin(a_look.x), c = cos(a_look.x);
  bool marked = mod(a_look.z, 4.0) > 0.5;
  v_radius = u_radius * (marked ? 1.7 : 1.0);
  v_flat = corner;
  v_turned = vec2(corner.x * c - corner.y * s, corner.x * s + corner.y * c);
  v_look = a_look.yz;
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
