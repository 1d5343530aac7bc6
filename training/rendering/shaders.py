"""The programs that run on the graphics unit: bones move the points, light falls on the skin."""

VERTEX = """
#version 330
uniform vec4 bones[78];  // 26 bones, three rows each
uniform vec2 lens;       // focal lengths, in half pictures
uniform vec4 sheet;      // the painted area: x, z of its corner, then one over its size
in vec3 place;
in vec3 normal;
in vec4 bone;
in vec4 weight;
in float cloth;
out vec3 seen;
out vec3 upright;
out vec2 spot;
out float back;
out float dressed;

const float NEAR = 0.03;
const float FAR = 6.0;

void main() {
    vec4 rows[3] = vec4[3](vec4(0.0), vec4(0.0), vec4(0.0));
    for (int k = 0; k < 4; k++) {
        int first = 3 * int(bone[k]);
        for (int row = 0; row < 3; row++) rows[row] += weight[k] * bones[first + row];
    }
    vec4 rest = vec4(place, 1.0);
    seen = vec3(dot(rows[0], rest), dot(rows[1], rest), dot(rows[2], rest));
    upright = vec3(dot(rows[0].xyz, normal), dot(rows[1].xyz, normal), dot(rows[2].xyz, normal));
    spot = (place.xz - sheet.xy) * sheet.zw;
    back = normal.y;
    dressed = cloth;
    float depth = (seen.z * (FAR + NEAR) - 2.0 * FAR * NEAR) / (FAR - NEAR);
    gl_Position = vec4(lens * seen.xy, depth, seen.z);
}
"""

FRAGMENT = """
#version 330
uniform sampler2DArray paint;  // palm, back, cloth
uniform vec3 light;
uniform vec3 warmth;
uniform float ambient;
uniform float gloss;
in vec3 seen;
in vec3 upright;
in vec2 spot;
in float back;
in float dressed;
out vec4 colour;

void main() {
    vec3 up = normalize(upright);
    vec3 eye = normalize(-seen);
    float facing = max(dot(up, eye), 0.0);
    vec3 base;
    float shine = gloss;
    if (dressed > 0.5) {
        base = texture(paint, vec3(spot, 2.0)).rgb;
        shine = 0.0;
    } else {
        base = mix(texture(paint, vec3(spot, 0.0)).rgb, texture(paint, vec3(spot, 1.0)).rgb,
                   smoothstep(-0.25, 0.25, back));
    }
    base *= base;
    float lit = dot(up, light);
    // Light that enters the skin leaves it nearby, redder.
    vec3 soft = max((vec3(lit) + vec3(0.35, 0.2, 0.15)) / vec3(1.35, 1.2, 1.15), 0.0);
    vec3 shade = ambient * (0.85 - 0.15 * up.y) + (1.0 - ambient) * 1.5 * soft * warmth;
    float edge = 1.0 - facing;
    vec3 sum = base * shade * (1.0 - 0.55 * edge * edge * edge);
    float glance = max(dot(up, normalize(light + eye)), 0.0);
    glance *= glance; glance *= glance; glance *= glance; glance *= glance;
    sum += 0.25 * shine * glance * warmth;
    colour = vec4(sqrt(min(sum, 1.0)), 1.0);
}
"""
